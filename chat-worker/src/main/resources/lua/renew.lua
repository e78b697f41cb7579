-- Extends a lease if the worker still holds it.
--
-- KEYS[1]  string   the partition's owner, with an expiry
--
-- ARGV[1]  string   id of the worker that believes to hold the lease
-- ARGV[2]  integer  how long the lease lasts from now, in milliseconds
-- ARGV[3]  string   the run of Redis that the worker's batch is from, "" if it has none
--
-- Answers 1 if the worker holds the lease, 0 if not, 2 if it does but Redis is another run.

local owner = KEYS[1] -- string
local worker = ARGV[1] -- string
local duration = tonumber(ARGV[2]) -- integer, milliseconds
local run = ARGV[3] -- string

if redis.call('GET', owner) ~= worker then
  return 0
end
redis.call('PEXPIRE', owner, duration)
if run ~= '' then
  local info = redis.pcall('INFO', 'server')
  local own_run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or 'unknown'
  if own_run ~= run then
    return 2
  end
end
return 1
