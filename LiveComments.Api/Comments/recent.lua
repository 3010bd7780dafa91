-- Brings the copy of a stream's newest comments up to a later entry, unless somebody else did.
-- KEYS[1]  the sorted set: comments by their place in the log, and below them, at -1, how far it goes
-- ARGV     1 what stands at -1 now ('' for no copy), 2 what is to stand there, 3 lifetime in ms, 4 'all' to begin anew,
--          5 how many comments it may have; then pairs of a place and a comment, or '' for one that was removed
local now = redis.call('ZRANGEBYSCORE', KEYS[1], -1, -1)[1] or ''
if now ~= ARGV[1] then
  return now
end
if ARGV[4] == 'all' then
  redis.call('DEL', KEYS[1])
end
for index = 6, #ARGV, 2 do
  if ARGV[index + 1] == '' then
    redis.call('ZREMRANGEBYSCORE', KEYS[1], ARGV[index], ARGV[index])
  else
    redis.call('ZADD', KEYS[1], ARGV[index], ARGV[index + 1])
  end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], -1, -1)
local surplus = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[5])
if surplus > 0 then
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, surplus - 1)
end
redis.call('ZADD', KEYS[1], -1, ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return ARGV[2]
