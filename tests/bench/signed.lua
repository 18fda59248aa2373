-- The key-pair signature of Tencent Cloud, checked as briefly as Lua allows: one key, two signed fields, one algorithm.
local secrets = { bench = "benchsecret" }
local function refuse(message)
    ngx.status = 401
    ngx.header["Content-Type"] = "application/json"
    ngx.print('{"message":"' .. message .. '"}')
    return ngx.exit(401)
end
local authorization = ngx.var.http_authorization
if not authorization then return refuse("HMAC authorization format error") end
local found = ngx.re.match(authorization,
    [[^hmac id="([^"]+)", algorithm="hmac-sha256", headers="x-date source", signature="([^"]+)"$]], "jo")
if not found then return refuse("HMAC authorization headers is invalidate") end
local secret = secrets[found[1]]
local date, source = ngx.var.http_x_date, ngx.var.http_source
if not secret or not date or not source then return refuse("HMAC signature cannot be verified") end
local signed = ngx.parse_http_time(date)
if not signed or math.abs(ngx.time() - signed) > 900 then return refuse("HMAC signature cannot be verified") end
local ffi = require "ffi"
if not _G.bench_hmac then
    ffi.cdef [[
    const void *EVP_sha256(void);
    unsigned char *HMAC(const void *md, const void *key, int len, const unsigned char *d, size_t n,
                        unsigned char *out, unsigned int *size);
    ]]
    _G.bench_hmac = true
end
local text = "x-date: " .. date .. "\nsource: " .. source
local out, size = ffi.new("unsigned char[64]"), ffi.new("unsigned int[1]")
ffi.C.HMAC(ffi.C.EVP_sha256(), secret, #secret, text, #text, out, size)
if ngx.encode_base64(ffi.string(out, size[0])) ~= found[2] then return refuse("HMAC signature does not match") end
