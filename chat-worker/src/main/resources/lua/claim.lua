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

local waiting = redis.call('LRANGE', jobs, 0, batch_jobs - 1)
local count = 0
local bytes = 0
for _, job in ipairs(waiting) do
  bytes = bytes + #job
  if count > 0 and bytes > batch_bytes then
    break
  end
  count = count + 1
end
-- A call takes no more arguments than Lua's stack holds.
for first = 1, count, 1000 do
  redis.call('RPUSH', claimed, unpack(waiting, first, math.min(first + 999, count)))
end
if count > 0 then
  redis.call('LTRIM', jobs, count, -1)
end
for i = #waiting, count + 1, -1 do
  waiting[i] = nil
end
table.insert(waiting, 1, 'claimed')
return waiting
