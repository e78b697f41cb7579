-- Moves the next batch from the queue to the claimed batch, unless that holds a batch already: a batch is acknowledged
-- before the next one is claimed. The owner then reads the claimed batch.
--
-- One call moves only a part of a large batch, because Redis serves nobody else meanwhile. The owner calls again, with
-- what the batch has so far, until there is no more to move.
--
-- Jobs that an operator retries go first. Then the apps that have jobs take turns, so that an app with many jobs does
-- not delay an app with few. The jobs of an app stay in their order.
--
-- KEYS[1]  hash    state of the partition: "jobs" and "bytes" that wait, "position", "acknowledged", "epoch", "run",
--                  "term", "term_run"
-- KEYS[2]  list    ring: tokens of the apps that have jobs, each once; the next turn is the first one's
-- KEYS[3]  list    retried jobs, oldest first
-- KEYS[4]  list    the claimed batch
-- KEYS[5]  string  the partition's owner
--
-- ARGV[1]  string   id of the worker that claims
-- ARGV[2]  integer  most jobs in a batch
-- ARGV[3]  integer  most bytes in a batch; the first job is handed out however long it is
-- ARGV[4]  integer  most jobs in a turn of an app
-- ARGV[5]  integer  bytes of jobs after which a turn ends
-- ARGV[6]  string   the part of the name of an app's jobs before the token
-- ARGV[7]  string   the part after the token
-- ARGV[8]  integer  jobs that this batch has so far; 0 in the first call
-- ARGV[9]  integer  bytes that this batch has so far
--
-- The lists of the apps' jobs have the hash tag of the other keys, so they lie in their slot although only this script
-- knows their names.
--
-- Answers {"not-owner"}, {"unchecked"} if this run of Redis is not checked with MySQL, {"nothing"} if no job waits,
-- {"unlisted"} if none is found although the counts or positions say that some are there, {"redelivered", acknowledged,
-- position, epoch, run, term} if there is a claimed batch and not the one so far, or {"claimed", jobs, bytes, more,
-- acknowledged, position, epoch, run, term}: what the batch has now, and 1 if the batch has room and jobs wait.

local state = KEYS[1] -- hash
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
local jobs_so_far = tonumber(ARGV[8]) -- integer
local bytes_so_far = tonumber(ARGV[9]) -- integer

if redis.call('GET', owner) ~= worker then
  return {'not-owner'}
end

local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or 'unknown'
local load =
  redis.call('HMGET', state, 'jobs', 'bytes', 'acknowledged', 'position', 'epoch', 'run', 'term', 'term_run')
-- A gateway may have checked the run without MySQL. Only a run with a term of its own can be told from the next one.
if load[6] ~= run or load[8] ~= run then
  return {'unchecked'}
end
local acknowledged = tonumber(load[3]) or 0
local position = tonumber(load[4]) or 0
local epoch = tonumber(load[5]) or 0
local term = tonumber(load[7]) or 0

if redis.call('LLEN', claimed) ~= jobs_so_far then
  return {'redelivered', acknowledged, position, epoch, run, term}
end

-- What a command reads, about.
local PAGE_JOBS = 64
local PAGE_BYTES = 65536
-- What a call moves, about: a millisecond or two.
local STEP_JOBS = 512
local STEP_BYTES = 524288

local batch = jobs_so_far -- jobs
local bytes = bytes_so_far -- of the batch
local full = false

-- Moves jobs from the head of a list to the batch until it has moved enough or the batch is full, and returns how many
-- it moved.
local function move(list, most_jobs, enough_bytes)
  local jobs_before = batch
  local jobs_end = math.min(batch + most_jobs, batch_jobs)
  local bytes_end = bytes + enough_bytes
  local step = 4
  local more = true
  while more and batch < jobs_end and bytes < bytes_end do
    local wanted = math.min(step, jobs_end - batch)
    local page = redis.call('LRANGE', list, 0, wanted - 1)
    local page_bytes = 0
    local taken = 0
    for i = 1, #page do
      if bytes >= bytes_end then
        break
      end
      full = batch > 0 and bytes + #page[i] > batch_bytes
      if full then
        break
      end
      batch = batch + 1
      bytes = bytes + #page[i]
      page_bytes = page_bytes + #page[i]
      taken = i
    end
    if taken > 0 then
      -- A Redis whose memory is full refuses a script's first write if that write could need memory. So the first
      -- write is one that frees some.
      redis.call('LTRIM', list, taken, -1)
      redis.call('RPUSH', claimed, unpack(page, 1, taken))
    end
    more = not full and #page == wanted
    -- Long jobs come in short pages: Redis serves nobody while it reads jobs that do not fit.
    step = math.max(1, math.min(PAGE_JOBS, math.floor(PAGE_BYTES * taken / math.max(1, page_bytes))))
    page = nil
    -- Lua compares a new string with each one that has its length and, at every n-th place, its characters. Jobs with
    -- the same text are such strings. So the jobs of earlier pages must go: else the time grows with the square of the
    -- jobs in a batch, and a batch of 4 MB held Redis for 0.3 s.
    collectgarbage()
  end
  full = full or batch == batch_jobs
  return batch - jobs_before
end

local function step_is_over()
  return batch - jobs_so_far >= STEP_JOBS or bytes - bytes_so_far >= STEP_BYTES
end

move(retried, STEP_JOBS, STEP_BYTES)
while not full and not step_is_over() do
  local app = redis.call('LINDEX', ring, 0)
  if not app then
    break
  end
  local jobs = before_token .. app .. after_token
  local moved = move(jobs, turn_jobs, turn_bytes)
  if redis.call('EXISTS', jobs) == 0 then
    redis.call('LPOP', ring)
  elseif moved > 0 then
    redis.call('RPUSH', ring, redis.call('LPOP', ring))
  end
end

if batch == 0 then
  -- Somebody may have deleted the ring or jobs, or written to the counts. Apps that are not in the ring get no turn, a
  -- partition that only seems full refuses all writes, and one whose positions break the law cannot show what the
  -- servers lose.
  local is_right = (load[1] or '0') == '0' and (load[2] or '0') == '0' and position == acknowledged
  return {is_right and 'nothing' or 'unlisted'}
end
if batch == jobs_so_far then
  return {'claimed', batch, bytes, 0, acknowledged, position, epoch, run, term}
end
local jobs_left = (tonumber(load[1]) or 0) - (batch - jobs_so_far)
local bytes_left = (tonumber(load[2]) or 0) - (bytes - bytes_so_far)
local is_empty = redis.call('EXISTS', ring, retried) == 0
redis.call(
  'HSET', state,
  'jobs', string.format('%.0f', math.max(0, jobs_left)),
  'bytes', string.format('%.0f', math.max(0, bytes_left))
)
return {'claimed', batch, bytes, (full or is_empty) and 0 or 1, acknowledged, position, epoch, run, term}
