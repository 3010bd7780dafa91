-- A post was charged, and then its key turned out to have led to a comment long before: gives the charge back, and
-- remembers the comment.
--
-- KEYS 1 the user's posts   2, 3 what is remembered of the user's idempotency keys in even and odd turns
-- ARGV 1 the stream's tag   2 what to remember of the key   3 how long a turn is, in ms   4 the key's field
local time = redis.call('TIME')
local turn = math.floor((time[1] * 1000 + math.floor(time[2] / 1000)) / ARGV[3])
local memories = KEYS[2 + turn % 2]
local memory = redis.call('HGET', memories, ARGV[4]) or redis.call('HGET', KEYS[3 - turn % 2], ARGV[4])
redis.call('HSET', memories, ARGV[4], ARGV[2])
redis.call('PEXPIREAT', memories, (turn + 2) * ARGV[3])
-- Only where the moment of the charge stands alone has nobody settled it.
if not memory or string.find(memory, ' ', 1, true) then return end

local posts, charged = redis.call('GET', KEYS[1]) or '', tonumber(memory)
for at = 1, #posts, 14 do
  if struct.unpack('>I6', posts, at) >= charged and string.sub(posts, at + 6, at + 13) == ARGV[1] then
    redis.call('SET', KEYS[1], string.sub(posts, 1, at - 1) .. string.sub(posts, at + 14), 'KEEPTTL')
    return
  end
end
