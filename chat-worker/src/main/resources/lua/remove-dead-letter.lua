-- Puts a dead letter's job back at the head of the queue, or drops it.
--
-- KEYS[1]  list     dead letters, oldest first
-- KEYS[2]  list     the partition's jobs, oldest first
--
-- ARGV[1]  string   the dead letter
-- ARGV[2]  string   its job; absent to drop it
--
-- Answers 1, or 0 if the dead letter is not there any more: then nothing has happened.

if redis.call('LREM', KEYS[1], 1, ARGV[1]) == 0 then
  return 0
end
if ARGV[2] then
  redis.call('LPUSH', KEYS[2], ARGV[2])
end
return 1
