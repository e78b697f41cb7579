-- Raises a counter that is lower than a number in use, and never lowers it. Replaces one that is no counter: nobody
-- can count with it, and every retry would find it again.
--
-- KEYS[1]  hash     counter: "numbers" is the highest number given out
--
-- ARGV[1]  integer  a number that is in use
--
-- Answers 1 if the counter was too low or no counter, 0 if it was neither or does not exist.

local counter = KEYS[1] -- hash
local number = ARGV[1] -- integer, as the text that becomes the counter

if redis.call('EXISTS', counter) == 0 then
  return 0
end
-- HGET fails for a key of another type.
local highest = redis.pcall('HGET', counter, 'numbers')
if type(highest) == 'string' and (tonumber(highest) or -1) >= tonumber(number) then
  return 0
end
-- A Redis whose memory is full refuses a script that begins with HSET, and the queue would stand still.
redis.call('DEL', counter)
redis.call('HSET', counter, 'numbers', number)
return 1
