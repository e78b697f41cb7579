-- Sets a counter that does not exist, is of an older epoch, or is no counter, and a chat's number of changes that is
-- missing or no number. Leaves any other number alone: the numbers up to it may have been given out. Sets an app's access
-- state, but nobody opens an app that was deleted in this epoch.
--
-- KEYS[1]  hash     counter: "numbers" is the highest number given out in the parent, "changes" that of a chat's
--                   changes, "epoch" the one that both belong to; "access" is an app's access state
-- KEYS[2]  hash     state of the partition: "epoch"
--
-- ARGV[1]  string   the highest number in use, "" if the counter was there when it was looked for. A counter of an older epoch that is higher keeps its number.
-- ARGV[2]  integer  the epoch in which it was looked for
-- ARGV[3]  string   the highest number of a change in use, "" if the parent has no changes. A higher one of an older
--                   epoch stays, too.
-- ARGV[4]  string   the access state, "" if the parent is no app
--
-- Answers {numbers, changes}: what the script set, -1 for what it did not set. It sets nothing if another epoch has
-- begun, and no number that has more than 15 digits, which no gateway gives out.

local counter = KEYS[1] -- hash, or anything that somebody wrote there
local state = KEYS[2] -- hash
local highest = ARGV[1] -- string, the text that becomes the counter
local epoch = ARGV[2] -- integer, as the text that becomes the counter's epoch
local highest_change = ARGV[3] -- string, the text that becomes the number of changes
local access = ARGV[4] -- string

local function is_number(text)
  return text and #text <= 15 and string.find(text, '^%d+$')
end

if (redis.call('HGET', state, 'epoch') or '0') ~= epoch then
  return {-1, -1}
end
-- HMGET fails for a key of another type.
local fields = redis.pcall('HMGET', counter, 'numbers', 'epoch', 'changes', 'access')
local numbers = not fields.err and fields[1]
if fields[4] == 'deleted' and (fields[2] or '0') == epoch then
  access = 'deleted'
end
local changes = not fields.err and fields[3]
local is_older = false -- boolean
local set = {-1, -1}
if not is_number(numbers) or (fields[2] or '0') ~= epoch then
  if not is_number(highest) then
    return set
  end
  if is_number(numbers) then
    -- Redis knows of numbers that are in no job and no row: they were given out, and what stood there is lost.
    highest = string.format('%.0f', math.max(tonumber(numbers), tonumber(highest)))
  end
  redis.call('DEL', counter)
  redis.call('HSET', counter, 'numbers', highest)
  if epoch ~= '0' then
    redis.call('HSET', counter, 'epoch', epoch)
  end
  set[1] = tonumber(highest)
  is_older = true
end
if is_number(highest_change) and (is_older or not is_number(changes)) then
  if is_number(changes) then
    -- As above: a void row stands, or will stand, where MySQL has lost a change.
    highest_change = string.format('%.0f', math.max(tonumber(changes), tonumber(highest_change)))
  end
  redis.call('HSET', counter, 'changes', highest_change)
  set[2] = tonumber(highest_change)
end
if access ~= '' then
  redis.call('HSET', counter, 'access', access)
end
return set
