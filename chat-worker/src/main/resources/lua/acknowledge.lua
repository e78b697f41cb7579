-- Removes a claimed batch after its commit, and stores the dead letters of its rejected jobs.
--
-- KEYS[1]  list     the claimed batch
-- KEYS[2]  string   the partition's owner
-- KEYS[3]  list     dead letters, oldest first
-- KEYS[4]  hash     state of the partition: "acknowledged", "epoch"
--
-- ARGV[1]  string   id of the worker that acknowledges
-- ARGV[2]  integer  how many jobs the batch has
-- ARGV[3]  string   the batch's first job
-- ARGV[4]  integer  the epoch in which the batch was claimed
-- ARGV[5…] string   dead letters
--
-- A worker sends an acknowledgement again when it lost the answer. An acknowledgement that was under way when its
-- connection broke may still arrive after the next batch has been claimed. Both find that the claimed batch is not
-- theirs: their own is removed already, and nothing happens. Nor does it when another epoch has begun: that counts the
-- claimed batch as not done yet, and hands it out again.
--
-- Answers 1, or 0 if another worker owns the partition by now: then nothing has happened, and the batch is that
-- worker's.

local claimed = KEYS[1] -- list
local owner = KEYS[2] -- string
local dead = KEYS[3] -- list
local state = KEYS[4] -- hash
local worker = ARGV[1] -- string
local batch_size = tonumber(ARGV[2]) -- integer
local first_job = ARGV[3] -- string
local epoch = ARGV[4] -- integer
local dead_letters = {} -- strings
for i = 5, #ARGV do
  dead_letters[i - 4] = ARGV[i]
end

if redis.call('GET', owner) ~= worker then
  return 0
end
if (redis.call('HGET', state, 'epoch') or '0') ~= epoch then
  return 1
end
if redis.call('LLEN', claimed) ~= batch_size or redis.call('LINDEX', claimed, 0) ~= first_job then
  return 1
end
-- A key of another type fails here, before the batch is removed.
redis.call('LLEN', dead)
-- A Redis whose memory is full refuses a script's first write if that write could need memory. So the first write is
-- the one that frees some.
redis.call('DEL', claimed)
redis.call('HINCRBY', state, 'acknowledged', batch_size)
for _, letter in ipairs(dead_letters) do
  redis.call('RPUSH', dead, letter)
end
return 1
