-- Reads what a check of a partition compares.
--
-- KEYS[1]  hash  state of the partition
-- KEYS[2]  list  the claimed batch
--
-- Answers {run, checked run, position, acknowledged, epoch, checked position, claimed jobs, waiting jobs, term, run
-- that took the term}. The first one is that of this Redis, "unknown" if it does not tell it; the other ones are "" if
-- no run has been checked, or has taken a term.

local state = KEYS[1] -- hash
local claimed = KEYS[2] -- list

local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or 'unknown'
local fields =
  redis.call('HMGET', state, 'run', 'position', 'acknowledged', 'epoch', 'checked', 'jobs', 'term', 'term_run')
return {
  run,
  fields[1] or '',
  tonumber(fields[2]) or 0,
  tonumber(fields[3]) or 0,
  tonumber(fields[4]) or 0,
  tonumber(fields[5]) or 0,
  redis.call('LLEN', claimed),
  tonumber(fields[6]) or 0,
  tonumber(fields[7]) or 0,
  fields[8] or ''
}
