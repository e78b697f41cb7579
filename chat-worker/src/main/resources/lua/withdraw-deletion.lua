-- Takes the mark of a deletion from a chat, so that it may be written to again. A mark of another deletion stays.
--
-- KEYS[1]  hash    counter of the chat: "deleted" is the number of the change that deleted it
--
-- ARGV[1]  number  the number of the change that is withdrawn
--
-- Answers 1 if the chat had the mark, else 0.

local counter = KEYS[1] -- hash, or anything that somebody wrote there
local number = ARGV[1] -- string of digits

if redis.call('TYPE', counter).ok ~= 'hash' or redis.call('HGET', counter, 'deleted') ~= number then
  return 0
end
return redis.call('HDEL', counter, 'deleted')
