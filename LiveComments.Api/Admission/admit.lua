-- Decides whether a post may go on, in one round trip. Every key carries the user's hash tag, so all lie on one node.
-- A window is a list of the moments of the last <limit> posts, newest first: when the oldest of them is still within
-- the window, there have been <limit> posts within it. Nothing is charged unless every limit lets the post pass.
--
-- KEYS 1 the idempotency key's memory, or '' without a key   2 global window   3 the stream's window
-- ARGV 1 request hash   2, 3 global limit and window in ms   4, 5 the stream's   6 how long to remember an open key, in ms
-- Answers: {'seen', cursor, hash}
--          {'many', limit, window, ms until one is free}
--          {'go', limit, remaining, window, charged}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

if KEYS[1] ~= '' then
  local memory = redis.call('HMGET', KEYS[1], 'hash', 'cursor')
  if memory[1] then
    if memory[2] then
      return {'seen', memory[2], memory[1]}
    end
    -- Under way, here or elsewhere, and charged then. The log keeps one of the two, and tells which.
    return {'go', 0, 0, 0, 0}
  end
end

local tightest, tightest_left
for index = 2, 3 do
  local limit, window = tonumber(ARGV[index * 2 - 2]), tonumber(ARGV[index * 2 - 1])
  local oldest = redis.call('LINDEX', KEYS[index], limit - 1)
  if oldest and now - tonumber(oldest) < window then
    return {'many', limit, window, tonumber(oldest) + window - now}
  end
  local used = 0
  for _, moment in ipairs(redis.call('LRANGE', KEYS[index], 0, limit - 1)) do
    if now - tonumber(moment) >= window then break end
    used = used + 1
  end
  local left = limit - used - 1
  if not tightest or left < tightest_left then
    tightest, tightest_left = index, left
  end
end

for index = 2, 3 do
  redis.call('LPUSH', KEYS[index], now)
  redis.call('LTRIM', KEYS[index], 0, tonumber(ARGV[index * 2 - 2]) - 1)
  redis.call('PEXPIRE', KEYS[index], ARGV[index * 2 - 1])
end
if KEYS[1] ~= '' then
  redis.call('HSET', KEYS[1], 'hash', ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
end
return {'go', tonumber(ARGV[tightest * 2 - 2]), tightest_left, tonumber(ARGV[tightest * 2 - 1]), 1}
