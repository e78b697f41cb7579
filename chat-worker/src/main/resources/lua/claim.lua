-- Hands the next batch to the partition's owner. A batch that was claimed before and not acknowledged comes first,
-- alone: a batch is acknowledged before the next one is claimed.
--
-- Jobs that an operator retries go first. Then the apps that have jobs take turns, so that an app with many jobs does
-- not delay an app with few. The jobs of an app stay in their order.
--
-- KEYS[1]  hash    waiting: "jobs" and "bytes" of all lists of jobs in the partition
-- KEYS[2]  list    ring: tokens of the apps that have jobs, each once; the next turn is the first one's
-- KEYS[3]  list    retried jobs, oldest first
-- KEYS[4]  list    the claimed batch
-- KEYS[5]  string  the partition's owner
--
-- ARGV[1]  string   id of the worker that claims
-- ARGV[2]  integer  most jobs in a batch
-- ARGV[3]  integer  most bytes in a batch; the first job is handed out however long it is
-- ARGV[4]  integer  most jobs in a turn of an app, while other apps wait
-- ARGV[5]  integer  bytes of jobs after which a turn ends
-- ARGV[6]  string   the part of the name of an app's jobs before the token
-- ARGV[7]  string   the part after the token
--
-- The lists of the apps' jobs have the hash tag of the other keys, so they lie in their slot although only this script
-- knows their names.
--
-- Answers {"not-owner"}, {"redelivered", job, …} or {"claimed", job, …}, the last with no job if none waits.

local waiting = KEYS[1] -- hash
local ring = KEYS[2] -- list
local retried = KEYS[3] -- list
local claimed = KEYS[4] -- list
local owner = KEYS[5] -- string
local worker = ARGV[1] -- string
local batch_jobs = tonumber(ARGV[2]) -- integer
local batch_bytes = tonumber(ARGV[3]) -- integer
local turn_jobs = tonumber(ARGV[4]) -- integer
local turn_bytes = tonumber(ARGV[5]) -- integer
local before_token = ARGV[6] -- string
local after_token = ARGV[7] -- string

if redis.call('GET', owner) ~= worker then
  return {'not-owner'}
end

local batch = redis.call('LRANGE', claimed, 0, -1)
if #batch > 0 then
  table.insert(batch, 1, 'redelivered')
  return batch
end

local load = redis.call('HMGET', waiting, 'jobs', 'bytes')
local bytes = 0 -- of the batch
local full = false

-- Takes jobs from the head of a list until it has taken enough or the batch is full, and returns how many it took.
local function take(list, most_jobs, enough_bytes)
  local turn_end = math.min(#batch + most_jobs, batch_jobs)
  local bytes_end = bytes + enough_bytes
  local taken = 0
  -- Reads in steps that grow: jobs may be so long that few fit, and Redis serves nobody while it reads.
  local step = 4
  local more = true
  while more and #batch < turn_end and bytes < bytes_end do
    local wanted = math.min(step, turn_end - #batch)
    local page = redis.call('LRANGE', list, taken, taken + wanted - 1)
    for _, job in ipairs(page) do
      if bytes >= bytes_end then
        break
      end
      full = #batch > 0 and bytes + #job > batch_bytes
      if full then
        break
      end
      batch[#batch + 1] = job
      bytes = bytes + #job
      taken = taken + 1
    end
    more = not full and #page == wanted
    step = math.min(step * 2, 64)
  end
  if taken > 0 then
    -- A Redis whose memory is full refuses a script's first write if that write could need memory. So the first write
    -- is one that frees some.
    redis.call('LTRIM', list, taken, -1)
  end
  full = full or #batch == batch_jobs
  return taken
end

take(retried, batch_jobs, batch_bytes)
while not full do
  local app = redis.call('LINDEX', ring, 0)
  if not app then
    break
  end
  local jobs = before_token .. app .. after_token
  local taken
  if redis.call('LLEN', ring) == 1 then
    taken = take(jobs, batch_jobs, batch_bytes)
  else
    taken = take(jobs, turn_jobs, turn_bytes)
  end
  if redis.call('EXISTS', jobs) == 0 then
    redis.call('LPOP', ring)
  elseif taken > 0 then
    redis.call('RPUSH', ring, redis.call('LPOP', ring))
  end
end

-- Nothing that could fail comes between taking the jobs and this: a script that fails is not undone.
-- A call takes no more arguments than Lua's stack holds.
for first = 1, #batch, 1000 do
  redis.call('RPUSH', claimed, unpack(batch, first, math.min(first + 999, #batch)))
end
if #batch > 0 then
  local jobs_left = (tonumber(load[1]) or 0) - #batch
  local bytes_left = (tonumber(load[2]) or 0) - bytes
  if redis.call('EXISTS', ring, retried) == 0 then
    jobs_left = 0
    bytes_left = 0
  end
  redis.call(
    'HSET', waiting,
    'jobs', string.format('%.0f', math.max(0, jobs_left)),
    'bytes', string.format('%.0f', math.max(0, bytes_left))
  )
end
table.insert(batch, 1, 'claimed')
return batch
