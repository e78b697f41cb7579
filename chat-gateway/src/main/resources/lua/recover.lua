-- Sets a counter that does not exist, or that is no counter. Leaves any other alone: its numbers may have been given
-- out.
--
-- KEYS[1]  hash     counter: "numbers" is the highest number given out in the parent
--
-- ARGV[1]  integer  the highest number in use
--
-- Answers 1 if it set the counter, else 0.

local counter = KEYS[1] -- hash, or anything that somebody wrote there
local highest = ARGV[1] -- integer, as the text that becomes the counter

-- HGET fails for a key of another type.
local numbers = redis.pcall('HGET', counter, 'numbers')
if type(numbers) == 'string' and #numbers <= 15 and string.find(numbers, '^%d+$') then
  return 0
end
redis.call('DEL', counter)
redis.call('HSET', counter, 'numbers', highest)
return 1
