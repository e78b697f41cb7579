-- Counts all jobs that a partition has accepted as acknowledged, and none as waiting: Redis has none of them any more.
--
-- KEYS[1]  hash  state of the partition: "jobs" and "bytes" that wait, "position", "acknowledged", "epoch"
-- KEYS[2]  list  ring: tokens of the apps that have jobs
-- KEYS[3]  list  retried jobs
-- KEYS[4]  list  the claimed batch
--
-- ARGV[1]  integer  the position when there was no job
-- ARGV[2]  integer  the epoch then
--
-- Answers 1, or 0 if jobs have been accepted since, or another epoch has begun: then nothing has happened.

local state = KEYS[1] -- hash
local ring = KEYS[2] -- list
local retried = KEYS[3] -- list
local claimed = KEYS[4] -- list
local position_then = tonumber(ARGV[1]) -- integer
local epoch_then = tonumber(ARGV[2]) -- integer

local fields = redis.call('HMGET', state, 'position', 'acknowledged', 'epoch')
if (tonumber(fields[1]) or 0) ~= position_then or (tonumber(fields[3]) or 0) ~= epoch_then then
  return 0
end
if redis.call('EXISTS', ring, retried, claimed) > 0 then
  return 0
end
-- Jobs that somebody added were never accepted, and are acknowledged.
local settled = string.format('%.0f', math.max(position_then, tonumber(fields[2]) or 0))
-- A Redis whose memory is full refuses a script that begins with HSET, but not one that begins with HDEL.
redis.call('HDEL', state, 'jobs', 'bytes')
redis.call('HSET', state, 'position', settled, 'acknowledged', settled)
return 1
