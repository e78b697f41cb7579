-- Gives turns to apps that have jobs and are not in the ring: somebody deleted it, or wrote to it.
--
-- KEYS[1]  hash  state of the partition: "position", "acknowledged", "epoch"
-- KEYS[2]  list  ring: tokens of the apps that have jobs, each once
-- KEYS[3]  list  retried jobs
-- KEYS[4]  list  the claimed batch
--
-- ARGV[1]   string  the part of the name of an app's jobs before the token
-- ARGV[2]   string  the part after the token
-- ARGV[3…]  string  tokens of apps that may have jobs
--
-- The lists of the apps' jobs have the hash tag of the other keys, so they lie in their slot although only this script
-- knows their names.
--
-- Answers {listed, empty, position, acknowledged, epoch}: how many apps came into the ring, 1 if there is no job at all,
-- and the positions and the epoch at this moment.

local state = KEYS[1] -- hash
local ring = KEYS[2] -- list
local retried = KEYS[3] -- list
local claimed = KEYS[4] -- list
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

local is_empty = #missing == 0 and redis.call('EXISTS', ring, retried, claimed) == 0
if #missing > 0 then
  -- A Redis whose memory is full refuses a script that begins with RPUSH, but not one that begins with LTRIM.
  redis.call('LTRIM', ring, 0, -1)
end
for _, app in ipairs(missing) do
  redis.call('RPUSH', ring, app)
end
local fields = redis.call('HMGET', state, 'position', 'acknowledged', 'epoch')
return {
  #missing,
  is_empty and 1 or 0,
  tonumber(fields[1]) or 0,
  tonumber(fields[2]) or 0,
  tonumber(fields[3]) or 0
}
