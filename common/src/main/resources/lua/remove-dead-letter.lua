-- Queues a dead letter's job again, or drops it.
--
-- Retried jobs have a list of their own, which workers empty first. So they keep their order, however many calls it
-- takes to retry them all, and come before their apps' later jobs.
--
-- KEYS[1]  list  dead letters, oldest first
-- KEYS[2]  list  retried jobs, oldest first
-- KEYS[3]  hash  state of the partition: "jobs" and "bytes" that wait, "position"
--
-- ARGV[1]  string   the dead letter
-- ARGV[2]  string   its job; absent to drop it
--
-- Answers 1, or 0 if the dead letter is not there any more: then nothing has happened.

local dead = KEYS[1] -- list
local retried = KEYS[2] -- list
local state = KEYS[3] -- hash
local letter = ARGV[1] -- string
local job = ARGV[2] -- string, nil to drop it

-- A key of another type fails here, before the dead letter is removed.
redis.call('LLEN', retried)
local load = redis.call('HMGET', state, 'jobs', 'bytes', 'position')

if redis.call('LREM', dead, 1, letter) == 0 then
  return 0
end
if job then
  redis.call('RPUSH', retried, job)
  redis.call(
    'HSET', state,
    'jobs', string.format('%.0f', (tonumber(load[1]) or 0) + 1),
    'bytes', string.format('%.0f', (tonumber(load[2]) or 0) + #job),
    -- A retried job counts as newly accepted: it was acknowledged as a dead letter.
    'position', string.format('%.0f', (tonumber(load[3]) or 0) + 1)
  )
end
return 1
