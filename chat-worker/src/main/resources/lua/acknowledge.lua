-- Forgets a claimed batch that is persisted, and sets aside those of its jobs that can never be.
--
-- KEYS[1]  list     the claimed batch
-- KEYS[2]  string   the partition's owner
-- KEYS[3]  list     dead letters, oldest first
--
-- ARGV[1]  string   id of the worker that acknowledges
-- ARGV[2]  integer  how many jobs the batch has
-- ARGV[3]  string   the batch's first job
-- ARGV[4…] string   dead letters
--
-- An acknowledgement whose answer was lost is sent again, and one that was under way when its connection broke may
-- still arrive after the next batch has been claimed. Both find that the claimed batch is not theirs: then it is none
-- any more that has to be forgotten, and nothing happens.
--
-- Answers 1, or 0 if another worker owns the partition by now: then nothing has happened, and the batch is that
-- worker's.

if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return 0
end
if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[2]) or redis.call('LINDEX', KEYS[1], 0) ~= ARGV[3] then
  return 1
end
for i = 4, #ARGV do
  redis.call('RPUSH', KEYS[3], ARGV[i])
end
redis.call('DEL', KEYS[1])
return 1
