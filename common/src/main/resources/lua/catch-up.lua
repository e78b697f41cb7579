-- Raises the counter of an app's chats to the highest chat number in use, and never lowers it. A number is in use if it
-- is persisted, or if the chat has a message counter: the script that gives out a chat's number sets that.
--
-- KEYS[1]  hash     counter: "numbers" is the highest number given out in the app
-- KEYS[2]  hash     state of the partition: "epoch"
--
-- ARGV[1]  integer  highest persisted chat
-- ARGV[2]  string   the part of a message counter's name before the chat's number
-- ARGV[3]  string   the part after the chat's number
-- ARGV[4]  integer  the most message counters to look at: no call may hold Redis for long
--
-- The message counters have the hash tag of the counter, so they lie in its slot although only this script knows their
-- names.
--
-- Answers 1 if the counter was too low, 0 if it was not, does not exist, or would get more than 15 digits, with which
-- nobody could count.

local counter = KEYS[1] -- hash
local state = KEYS[2] -- hash
local persisted = tonumber(ARGV[1]) -- integer
local before_chat_number = ARGV[2] -- string
local after_chat_number = ARGV[3] -- string
local most = tonumber(ARGV[4]) -- integer

local given_out = tonumber(redis.call('HGET', counter, 'numbers'))
if not given_out then
  return 0
end
local epoch = redis.call('HGET', state, 'epoch') or '0'
local highest = math.max(given_out, persisted)
for _ = 1, most do
  -- Lua's own conversion would write large numbers as 1e+15.
  local following = string.format('%.0f', highest + 1)
  local messages = before_chat_number .. following .. after_chat_number
  -- A counter of an older epoch belongs to a chat that Redis lost. HGET fails for a key of another type.
  local its_epoch = redis.pcall('HGET', messages, 'epoch') or '0'
  if redis.call('EXISTS', messages) == 0 or (its_epoch ~= epoch and type(its_epoch) ~= 'table') then
    break
  end
  highest = highest + 1
end
local raised = string.format('%.0f', highest)
if highest == given_out or #raised > 15 then
  return 0
end
redis.call('HSET', counter, 'numbers', raised)
return 1
