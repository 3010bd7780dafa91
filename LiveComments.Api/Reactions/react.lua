-- Decides whether a reaction may go on, in one round trip: a true sliding window, as a list of the moments of what was
-- let through within it, newest first.
--
-- KEYS 1 the window of a user and a stream   ARGV 1 limit   2 length in ms
-- Answers how many are left, or, when that was too many, less than zero: minus the ms until one is free.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, length = tonumber(ARGV[1]), tonumber(ARGV[2])

local oldest = redis.call('LINDEX', KEYS[1], -1)
while oldest and now - oldest >= length do
  redis.call('RPOP', KEYS[1])
  oldest = redis.call('LINDEX', KEYS[1], -1)
end

local used = redis.call('LLEN', KEYS[1])
if used >= limit then
  return now - redis.call('LINDEX', KEYS[1], limit - 1) - length
end
redis.call('LPUSH', KEYS[1], now)
redis.call('PEXPIRE', KEYS[1], length)
return limit - used - 1
