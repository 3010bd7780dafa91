-- A post was charged, and then its key turned out to have led to a comment long before: gives the charge back, and
-- remembers the comment.
--
-- KEYS 1 the user's posts   2 the idempotency key's memory
-- ARGV 1 the stream's tag   2 what to remember of the key   3 how long, in ms
local memory = redis.call('GET', KEYS[2])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
-- Only where the moment of the charge stands alone has nobody settled it.
if not memory or string.find(memory, ' ', 1, true) then return end

local posts, charged = redis.call('GET', KEYS[1]) or '', tonumber(memory)
for at = 1, #posts, 14 do
  if struct.unpack('>I6', posts, at) >= charged and string.sub(posts, at + 6, at + 13) == ARGV[1] then
    redis.call('SET', KEYS[1], string.sub(posts, 1, at - 1) .. string.sub(posts, at + 14), 'KEEPTTL')
    return
  end
end
