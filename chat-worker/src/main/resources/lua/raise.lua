-- Raises a counter that is lower than a number in use, and never lowers it. Replaces one that is no counter: nobody
-- can count with it, and every retry would find it again.
--
-- KEYS[1]  hash     counter: "numbers" is the highest number given out, in the epoch "epoch"; a deleted chat's has
--                   "deleted"
--
-- ARGV[1]  integer  a number that is in use
--
-- Answers 1 if the counter was too low or no counter, 0 if it was neither, does not exist, or would get more than 15
-- digits, with which nobody could count.

local counter = KEYS[1] -- hash
local number = ARGV[1] -- integer, as the text that becomes the counter

if #number > 15 or redis.call('EXISTS', counter) == 0 then
  return 0
end
-- HMGET fails for a key of another type; then its answer has no items.
local fields = redis.pcall('HMGET', counter, 'numbers', 'epoch', 'deleted')
local highest = tonumber(fields[1] or '') or -1
local epoch = fields[2]
local deleted = fields[3]
if highest >= tonumber(number) then
  return 0
end
-- A Redis whose memory is full refuses a script that begins with HSET, and the queue would stand still.
redis.call('DEL', counter)
redis.call('HSET', counter, 'numbers', number)
if epoch then
  redis.call('HSET', counter, 'epoch', epoch)
end
if deleted then
  redis.call('HSET', counter, 'deleted', deleted)
end
return 1
