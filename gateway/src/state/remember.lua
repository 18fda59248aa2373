-- Remembers a nonce unless it is known: testing and setting are one step of the server.
-- KEYS[1] the nonce; ARGV[1] for how many seconds. Answers 1 if it was not known.
if redis.call('SET', KEYS[1], '', 'NX', 'EX', ARGV[1]) then return 1 end
return 0
