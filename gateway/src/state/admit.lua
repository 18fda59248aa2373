-- Counts one call: the rules of state/memory.rs, as one step of the server.
-- KEYS[1] the counter; ARGV: limit, window in milliseconds (0: never renewed), the time in milliseconds ('' outside of
-- tests: the server's own, so that the clocks of several gateways do not matter).
-- ARGV[4]: the time after which nobody waits for the answer any longer ('': any). A server that stood still finds calls
-- in its queue that were refused meanwhile: to count them would take calls from those that come.
-- Answers: admitted (0 or 1; -1: too late, and not counted), passed, milliseconds until the window closes (-1: never), the time.
local now = tonumber(ARGV[3])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local latest = tonumber(ARGV[4])
if latest and now > latest then return { -1, 0, -1, now } end
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local held = redis.call('HMGET', KEYS[1], 'passed', 'ends')
local passed, ends = tonumber(held[1]), tonumber(held[2])
local open = passed and (ends == -1 or ends > now)
-- A window of another length is left from before a reload: it may not outlast the one now in force.
if open and window > 0 and (ends == -1 or ends > now + window) then open = false end
if not open then
  passed = 0
  ends = window > 0 and now + window or -1
end
local admitted = passed < limit and 1 or 0
passed = passed + admitted
if admitted == 1 or not open then
  -- Not by default: Redis writes large numbers as 1e+15.
  redis.call('HSET', KEYS[1], 'passed', string.format('%.0f', passed), 'ends', string.format('%.0f', ends))
  if ends == -1 then
    redis.call('PERSIST', KEYS[1])
  elseif ARGV[3] == '' then
    redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ends - now + 1))
  end
end
return { admitted, passed, ends == -1 and -1 or ends - now, now }
