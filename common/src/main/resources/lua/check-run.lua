-- Records that a run of Redis was compared with what MySQL and gateways know, and that nothing is missing.
--
-- KEYS[1]  hash    state of the partition
-- KEYS[2]  string  what makes a gateway of an older layout fail, before it gives out a number
--
-- ARGV[1]  string   the run that was compared
-- ARGV[2]  integer  the term that it takes; 0 if it takes none, because MySQL was not asked
--
-- Answers 1, or 0 if Redis is another run by now.

local state = KEYS[1] -- hash
local barrier = KEYS[2] -- string
local run = ARGV[1] -- string
local term = tonumber(ARGV[2]) -- integer

local info = redis.pcall('INFO', 'server')
local own_run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or 'unknown'
if own_run ~= run then
  return 0
end
local fields = redis.call('HMGET', state, 'run', 'position', 'term', 'term_run')
local is_checked = fields[1] == run
local has_term = fields[4] == run and (tonumber(fields[3]) or 0) >= term
if is_checked and (term == 0 or has_term) then
  return 1
end
-- A Redis whose memory is full refuses a script that begins with HSET, and nothing would drain its queues. After a DEL,
-- even of nothing, Redis allows it.
redis.call('DEL', barrier)
redis.call('SET', barrier, 'moved')
if not is_checked then
  redis.call('HSET', state, 'run', run, 'checked', fields[2] or '0')
end
if term > 0 then
  local highest = math.max(tonumber(fields[3]) or 0, term)
  redis.call('HSET', state, 'term', string.format('%.0f', highest), 'term_run', run)
end
return 1
