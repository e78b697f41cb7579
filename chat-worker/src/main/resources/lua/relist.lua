-- Gives turns to apps that have jobs and are not in the ring: somebody deleted it, or wrote to it. Forgets the counts of
-- waiting jobs if no app has jobs.
--
-- KEYS[1]  hash  waiting: "jobs" and "bytes" of all lists of jobs in the partition
-- KEYS[2]  list  ring: tokens of the apps that have jobs, each once
-- KEYS[3]  list  retried jobs
--
-- ARGV[1]   string  the part of the name of an app's jobs before the token
-- ARGV[2]   string  the part after the token
-- ARGV[3…]  string  tokens of apps that may have jobs
--
-- The lists of the apps' jobs have the hash tag of the other keys, so they lie in their slot although only this script
-- knows their names.
--
-- Answers how many apps came into the ring.

local waiting = KEYS[1] -- hash
local ring = KEYS[2] -- list
local retried = KEYS[3] -- list
local before_token = ARGV[1] -- string
local after_token = ARGV[2] -- string
local FIRST_APP = 3

local listed = {}
for _, app in ipairs(redis.call('LRANGE', ring, 0, -1)) do
  listed[app] = true
end
local missing = {}
for i = FIRST_APP, #ARGV do
  local app = ARGV[i]
  if not listed[app] and redis.call('EXISTS', before_token .. app .. after_token) == 1 then
    listed[app] = true
    missing[#missing + 1] = app
  end
end

-- A Redis whose memory is full refuses a script that begins with RPUSH. After this, it allows it.
if redis.call('EXISTS', ring, retried) == 0 and #missing == 0 then
  redis.call('DEL', waiting)
else
  redis.call('LTRIM', ring, 0, -1)
end
for _, app in ipairs(missing) do
  redis.call('RPUSH', ring, app)
end
return #missing
