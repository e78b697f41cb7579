-- Hands the next batch to the partition's owner. A batch that was claimed before and not acknowledged comes first,
-- alone: a batch is acknowledged before the next one is claimed.
--
-- KEYS[1]  list     the partition's jobs, oldest first
-- KEYS[2]  list     the claimed batch
-- KEYS[3]  string   the partition's owner
--
-- ARGV[1]  string   id of the worker that claims
-- ARGV[2]  integer  most jobs in a batch
-- ARGV[3]  integer  most bytes in a batch; the first job is handed out however long it is
--
-- Answers {"not-owner"}, {"redelivered", job, …} or {"claimed", job, …}, the last with no job if none waits.

local jobs = KEYS[1] -- list
local claimed = KEYS[2] -- list
local owner = KEYS[3] -- string
local worker = ARGV[1] -- string
local batch_jobs = tonumber(ARGV[2]) -- integer
local batch_bytes = tonumber(ARGV[3]) -- integer

if redis.call('GET', owner) ~= worker then
  return {'not-owner'}
end

local batch = redis.call('LRANGE', claimed, 0, -1)
if #batch > 0 then
  table.insert(batch, 1, 'redelivered')
  return batch
end

-- Reads in steps: a batch of the most jobs may be many times as long as the most bytes, and Redis serves nobody while
-- it reads.
local STEP = 64
batch = {}
local bytes = 0
local full = false
while not full and #batch < batch_jobs do
  local first = #batch
  local last = math.min(first + STEP, batch_jobs) - 1
  local step = redis.call('LRANGE', jobs, first, last)
  for _, job in ipairs(step) do
    bytes = bytes + #job
    full = #batch > 0 and bytes > batch_bytes
    if full then
      break
    end
    batch[#batch + 1] = job
  end
  full = full or #step <= last - first
end
if #batch > 0 then
  -- A Redis whose memory is full refuses a script's first write if that write could need memory. So the first write
  -- is the one that frees some.
  redis.call('LTRIM', jobs, #batch, -1)
end
-- A call takes no more arguments than Lua's stack holds.
for first = 1, #batch, 1000 do
  redis.call('RPUSH', claimed, unpack(batch, first, math.min(first + 999, #batch)))
end
table.insert(batch, 1, 'claimed')
return batch
