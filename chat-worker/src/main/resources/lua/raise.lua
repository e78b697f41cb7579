-- Raises a counter that is lower than a number in use, and never lowers it. Replaces a value that is no number: nobody
-- can count with it, and every retry would find it again.
--
-- KEYS[1]  string (counter)  the highest number given out
--
-- ARGV[1]  integer           a number that is in use
--
-- Answers 1 if the counter was too low or no number, 0 if it was neither or does not exist.

local counter = KEYS[1] -- string
local number = ARGV[1] -- integer, as the text that becomes the counter

-- GET fails for a key of another type.
local highest = redis.pcall('GET', counter)
if not highest then
  return 0
end
if type(highest) == 'string' and (tonumber(highest) or -1) >= tonumber(number) then
  return 0
end
-- A Redis whose memory is full refuses a script that begins with SET, and the queue would stand still.
redis.call('DEL', counter)
redis.call('SET', counter, number)
return 1
