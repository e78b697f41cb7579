-- Raises a counter that has fallen behind the numbers in use, and never lowers it.
--
-- KEYS[1]  string (counter)  the highest number given out
--
-- ARGV[1]  integer           a number that is in use
--
-- Answers 1 if the counter was behind, 0 if not or if there is none.

local counter = redis.call('GET', KEYS[1])
if not counter or tonumber(counter) >= tonumber(ARGV[1]) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1])
return 1
