-- Puts a dead letter's job back at the head of the queue, or drops it.
--
-- KEYS[1]  list     dead letters, oldest first
-- KEYS[2]  list     the partition's jobs, oldest first
--
-- ARGV[1]  string   the dead letter
-- ARGV[2]  string   its job; absent to drop it
--
-- Answers 1, or 0 if the dead letter is not there any more: then nothing has happened.

local dead = KEYS[1] -- list
local jobs = KEYS[2] -- list
local letter = ARGV[1] -- string
local job = ARGV[2] -- string, nil to drop it

if redis.call('LREM', dead, 1, letter) == 0 then
  return 0
end
if job then
  redis.call('LPUSH', jobs, job)
end
return 1
