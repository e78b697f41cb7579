-- Begins an epoch: counters of older ones are unknown from now on. The run counts as checked.
--
-- Nobody who knew a position ever sees a lower one: the new position is the highest that anybody has seen, and
-- "acknowledged" is what the law makes of it (position = acknowledged + claimed + waiting).
--
-- KEYS[1]  hash    state of the partition
-- KEYS[2]  list    the claimed batch
-- KEYS[3]  string  what makes a gateway of an older layout fail, before it gives out a number
--
-- ARGV[1]  string   the run that was compared
-- ARGV[2]  integer  the epoch, which MySQL has recorded already
-- ARGV[3]  integer  the highest position that anybody has seen
-- ARGV[4]  integer  "acknowledged" when it was compared
-- ARGV[5]  integer  how many jobs were claimed then
-- ARGV[6]  integer  the term of the run, which MySQL has recorded already
-- ARGV[7]  integer  the highest position of earlier runs that has been compared with this run
--
-- Answers 1, or 0 if Redis is another run, or a batch was acknowledged or claimed meanwhile: then nothing has
-- happened.

local state = KEYS[1] -- hash
local claimed = KEYS[2] -- list
local barrier = KEYS[3] -- string
local run = ARGV[1] -- string
local epoch = tonumber(ARGV[2]) -- integer
local seen = tonumber(ARGV[3]) -- integer
local acknowledged_then = tonumber(ARGV[4]) -- integer
local claimed_then = tonumber(ARGV[5]) -- integer
local term = tonumber(ARGV[6]) -- integer
local checked = ARGV[7] -- integer, as the text that becomes the field

local info = redis.pcall('INFO', 'server')
local own_run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or 'unknown'
if own_run ~= run then
  return 0
end
local fields = redis.call('HMGET', state, 'run', 'epoch', 'position', 'acknowledged', 'jobs', 'term')
if fields[1] == run and (tonumber(fields[2]) or 0) >= epoch then
  return 1
end
local claimed_now = redis.call('LLEN', claimed)
if (tonumber(fields[4]) or 0) ~= acknowledged_then or claimed_now ~= claimed_then then
  return 0
end
local position = math.max(tonumber(fields[3]) or 0, seen)
local acknowledged = position - claimed_now - (tonumber(fields[5]) or 0)
-- A Redis whose memory is full refuses a script that begins with HSET. After a DEL, even of nothing, Redis allows it.
redis.call('DEL', barrier)
redis.call('SET', barrier, 'moved')
redis.call(
  'HSET', state,
  'run', run,
  'epoch', string.format('%.0f', epoch),
  'position', string.format('%.0f', position),
  'acknowledged', string.format('%.0f', acknowledged),
  'checked', checked,
  'term', string.format('%.0f', math.max(tonumber(fields[6]) or 0, term)),
  'term_run', run
)
return 1
