-- Raises a counter that is lower than a number in use, and never lowers it.
--
-- KEYS[1]  string (counter)  the highest number given out
--
-- ARGV[1]  integer           a number that is in use
--
-- Answers 1 if the counter was too low, 0 if it was not or if it does not exist.

local counter = KEYS[1] -- string
local number = ARGV[1] -- integer, as the text that becomes the counter

local highest = redis.call('GET', counter)
if not highest or tonumber(highest) >= tonumber(number) then
  return 0
end
-- A Redis whose memory is full refuses a script that begins with SET, and the queue would stand still.
redis.call('DEL', counter)
redis.call('SET', counter, number)
return 1
