-- Sets a counter that does not exist, is of an older epoch, or is no counter. Leaves any other alone: its numbers may
-- have been given out.
--
-- KEYS[1]  hash     counter: "numbers" is the highest number given out in the parent, "epoch" the one it belongs to
-- KEYS[2]  hash     state of the partition: "epoch"
--
-- ARGV[1]  integer  the highest number in use. A counter of an older epoch that is higher keeps its number.
-- ARGV[2]  integer  the epoch in which it was looked for
--
-- Answers the number that the counter has now, or -1 if the script did not set it: there is a counter, another epoch has
-- begun, or a number is in use that has more than 15 digits, which no gateway gives out.

local counter = KEYS[1] -- hash, or anything that somebody wrote there
local state = KEYS[2] -- hash
local highest = ARGV[1] -- integer, as the text that becomes the counter
local epoch = ARGV[2] -- integer, as the text that becomes the counter's epoch

if #highest > 15 or (redis.call('HGET', state, 'epoch') or '0') ~= epoch then
  return -1
end
-- HMGET fails for a key of another type.
local fields = redis.pcall('HMGET', counter, 'numbers', 'epoch')
local numbers = not fields.err and fields[1]
if numbers and #numbers <= 15 and string.find(numbers, '^%d+$') then
  if (fields[2] or '0') == epoch then
    return -1
  end
  -- Redis knows of numbers that are in no job and no row: they were given out, and what stood there is lost.
  highest = string.format('%.0f', math.max(tonumber(numbers), tonumber(highest)))
end
redis.call('DEL', counter)
redis.call('HSET', counter, 'numbers', highest)
if epoch ~= '0' then
  redis.call('HSET', counter, 'epoch', epoch)
end
return tonumber(highest)
