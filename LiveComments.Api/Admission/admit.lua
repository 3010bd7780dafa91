-- Decides whether a post may go on: one round trip, and as few commands as can be, since each costs a microsecond and
-- all posts pass here. All keys but the mark carry the user's hash tag, so they lie on one node.
--
-- What a user posted lately is one string, oldest post first; each is the moment (6 bytes, ms) and its stream's tag
-- (8 bytes). Both limits are sliding windows over it: the limit-th newest post that is still within the window closes it
-- until it has left. Nothing is charged unless both limits let the post pass.
--
-- What is remembered of a user's idempotency keys lies in two hashes by turns, each for as long as a key is remembered at least;
-- a hash goes as a whole when its next turn begins. A Redis key for each of them would make Redis's table of keys double
-- again and again, and each time that takes a tenth of its time for seconds.
--
-- KEYS 1 the user's posts   2 the last act of a moderator about the user, for a minute   3, 4 what is remembered of the user's
--      idempotency keys in even and odd turns, not there without a key   5 what marks this Redis's memory, not there where it
--      lies on another node
-- ARGV 1, 2 limit and window in ms over all streams   3, 4 the stream's   5 its tag   6 how long a turn is, in ms
--      7 the mark that the caller knows   8 the act that the caller knows of   9 for how long posts matter on any stream, in ms
--      10 the idempotency key's field
-- Answers: a string               the key led to a comment: what is remembered of it
--          {0, ms}                the key was used so long ago, and charged; what became of it Redis was never told
--          {1 or 2, ms, renewed}  too many over all streams (1) or on this one (2); the next is free in so many ms
--          {3, place}             a moderator did something about the user that the caller does not know of; nothing else is looked at
--          number                 go on; half of it is what is left of the tighter limit, which is the stream's if it is odd
--          -1 - number            the same; but the mark is another one ("renewed" is 1 then): keys may have been forgotten
local time = redis.call('TIME')
local clock = time[1] * 1000 + math.floor(time[2] / 1000)
local renewed = 0
local held
if KEYS[5] then held = redis.call('MGET', KEYS[1], KEYS[2], KEYS[5]) else held = redis.call('MGET', KEYS[1], KEYS[2]) end
local act = held[2]
if act and act ~= ARGV[8] then return {3, act} end
local posts = held[1] or ''
local turn, memories
if KEYS[3] then
  turn = math.floor(clock / ARGV[6])
  memories = KEYS[3 + turn % 2]
  local memory = redis.call('HGET', memories, ARGV[10])
  -- Of one that was used just before the turn changed, either hash may tell more.
  if not memory or not string.find(memory, ' ', 1, true) then
    memory = redis.call('HGET', KEYS[4 - turn % 2], ARGV[10]) or memory
  end
  if memory then
    -- While the post is under way, the moment it began stands there alone.
    if string.find(memory, ' ', 1, true) then return memory end
    return {0, clock - tonumber(memory)}
  end
  if KEYS[5] and held[3] ~= ARGV[7] then renewed = 1 end
end

local limit, window, stream_limit, stream_window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local longest = math.max(window, stream_window, tonumber(ARGV[9]))
local size, now = #posts, clock
-- A clock that was set back must not make posts older than those before them.
if size > 0 then now = math.max(now, (struct.unpack('>I6', posts, size - 13))) end

local first = 1
while first < size and now - struct.unpack('>I6', posts, first) >= longest do first = first + 14 end

local used, stream_used, wait, stream_wait = 0, 0, 0, 0
for at = size - 13, first, -14 do
  local age = now - struct.unpack('>I6', posts, at)
  if age < window then
    used = used + 1
    if used == limit then wait = window - age end
  end
  if age < stream_window and string.sub(posts, at + 6, at + 13) == ARGV[5] then
    stream_used = stream_used + 1
    if stream_used == stream_limit then stream_wait = stream_window - age end
  end
end
if wait > 0 or stream_wait > 0 then
  if wait >= stream_wait then return {1, wait, renewed} end
  return {2, stream_wait, renewed}
end

redis.call('SET', KEYS[1], string.sub(posts, first) .. struct.pack('>I6', now) .. ARGV[5], 'PX', longest + now - clock)
if memories then
  redis.call('HSET', memories, ARGV[10], clock)
  redis.call('PEXPIREAT', memories, (turn + 2) * ARGV[6])
end
local left, stream_left = limit - used - 1, stream_limit - stream_used - 1
local answer = left * 2
if stream_left < left then answer = stream_left * 2 + 1 end
if renewed == 1 then return -1 - answer end
return answer
