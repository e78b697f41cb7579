-- Takes the next numbers of a parent (an app for chats, a chat for messages or for changes) and queues one job for each
-- number. Does all of this or nothing. Nothing is accepted in an app whose access state is not "open".
--
-- KEYS[1]  hash    counter: "numbers" is the highest number given out in the parent, "changes" that of a chat's changes,
--                  "epoch" the one both belong to; a parent without a counter of the partition's epoch is unknown.
--                  "deleted" is the number of the change that deleted the chat
-- KEYS[2]  hash    state of the partition: "jobs" and "bytes" that wait, "position", "epoch", "run"
-- KEYS[3]  list    jobs of the app, oldest first
-- KEYS[4]  list    ring: tokens of the partition's apps that have jobs, each once; a worker takes from the first next
-- KEYS[5]  hash    access: the counter of the app's chats. Its "access" is "open" or "deleted"; without one, or with one
--                  of another epoch, the access is unknown. The same key as KEYS[1] for new chats.
-- KEYS[6…8]   hashes  idempotency records of the app in three slices of time, at most ARGV[16] in each hash: a field is
--                     a key's name, its value the record "<fingerprint> <chat> <first> <count>", with a "c" behind the
--                     chat if the numbers are those of changes; "more" is how many records the shards of the slice
--                     hold. These keys and the next are absent if the request has no idempotency key.
-- KEYS[9…11]  hashes  more records: those shards of the slices that the key belongs to
--
-- ARGV[1]   string   token of the app
-- ARGV[2]   integer  most jobs that may wait in the partition
-- ARGV[3]   integer  most bytes of jobs that may wait in the partition
-- ARGV[4]   integer  the same as ARGV[2] for an app that has many jobs waiting
-- ARGV[5]   integer  the same as ARGV[3] for an app that has many jobs waiting
-- ARGV[6]   integer  how many jobs are many
-- ARGV[7]   string   fingerprint of the request, "" if it has no idempotency key
-- ARGV[8]   integer  shortest life of an idempotency record, in milliseconds
-- ARGV[9]   string   for new chats, the part of a message counter's name before the chat's number, else ""
-- ARGV[10]  string   for new chats, the part after the chat's number, else ""
-- ARGV[11]  string   the run of Redis that the gateway knows, "" if none
-- ARGV[12]  string   number of the messages' chat, with a "c" behind it for changes, "0" for new chats; only for the
--                    record
-- ARGV[13]  string   "1" if replicas must confirm what this connection writes, else ""
-- ARGV[14]  string   name of the idempotency key, "" if the request has none
-- ARGV[15]  integer  length of a slice, in milliseconds: more than half of a record's life
-- ARGV[16]  integer  most records of a slice that are not in shards
-- ARGV[17]  integer  most records of the app
-- ARGV[18]  integer  the highest number of a message that the jobs answer or change, 0 if there is none
-- ARGV[19]  string   the field of the counter that the numbers come from: "numbers" or "changes"; "" for jobs without
--                    numbers, which are only counted from 1
-- ARGV[20]  string   "1" if the job deletes the chat, else ""
-- ARGV[21…] string   open jobs: the script appends a number and a closing brace to each
--
-- A new chat's message counter has the hash tag of the other keys, so it lies in their slot although only this
-- script knows its name.
--
-- Slices take turns in the three hashes, by Redis' clock. A hash expires a life after the end of its slice, which is
-- before its next turn.
--
-- Answers {"accepted", first, last, position}, {"replayed", first, last, position}, {"unchecked"} if this run of Redis
-- is not checked or not the one that the gateway knows, {"unknown-access"}, {"app-deleted"}, {"unknown-parent"} also if
-- only the field is missing, {"counter-unusable"} if the counter is no number, {"counter-behind"} if the number of a new
-- chat has been given out before, {"chat-deleted"}, {"no-such-message", number} if a job answers or changes a message
-- that the chat has not, with the highest that it has, {"queue-full"}, {"key-reused"}, or {"too-many-keys",
-- milliseconds} if the app has too many records, and some of them expire after this time.

local counter = KEYS[1] -- hash
local state = KEYS[2] -- hash
local jobs = KEYS[3] -- list
local ring = KEYS[4] -- list
local access = KEYS[5] -- hash
local FIRST_RECORDS = 6
local FIRST_SHARD = 9
local SLICES = 3

local app = ARGV[1] -- string
local most_jobs = tonumber(ARGV[2]) -- integer
local most_bytes = tonumber(ARGV[3]) -- integer
local many = tonumber(ARGV[6]) -- integer
local fingerprint = ARGV[7] -- string
local record_life = ARGV[8] -- integer (milliseconds)
local before_chat_number = ARGV[9] -- string
local after_chat_number = ARGV[10] -- string
local known_run = ARGV[11] -- string
local chat = ARGV[12] -- string
local confirmed = ARGV[13] == '1' -- boolean
local key_name = ARGV[14] -- string
local slice_length = tonumber(ARGV[15]) -- integer (milliseconds)
local most_unsharded = tonumber(ARGV[16]) -- integer
local most_records = tonumber(ARGV[17]) -- integer
local mentioned = tonumber(ARGV[18]) -- integer
local counter_field = ARGV[19] -- string
local numbered = counter_field ~= '' -- boolean
local deletes_chat = ARGV[20] == '1' -- boolean
local FIRST_JOB = 21
local new_jobs = #ARGV - FIRST_JOB + 1 -- integer

local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or 'unknown'
local load = redis.call('HMGET', state, 'jobs', 'bytes', 'position', 'epoch', 'run')
if load[5] ~= run or known_run ~= run then
  return {'unchecked'}
end
local old_position = tonumber(load[3]) or 0
local epoch = load[4] or '0'

-- A replay is refused, too: whoever repeats a request learns that its app is gone. HMGET fails for a key of another type.
local access_and_epoch = redis.pcall('HMGET', access, 'access', 'epoch')
if access_and_epoch.err and access == counter then
  return {'counter-unusable'}
end
local is_known = access_and_epoch[1] and (access_and_epoch[2] or '0') == epoch
if is_known and access_and_epoch[1] == 'deleted' then
  return {'app-deleted'}
end
if not is_known or access_and_epoch[1] ~= 'open' then
  return {'unknown-access'}
end

local has_key = key_name ~= ''
local sharded = {} -- by slice, how many records are in shards; false if none has been
if has_key then
  for slice = 0, SLICES - 1 do
    local holder = KEYS[FIRST_RECORDS + slice]
    local found = redis.call('HMGET', holder, key_name, 'more')
    local record = found[1]
    sharded[slice] = found[2] and (tonumber(found[2]) or 0)
    if not record and sharded[slice] then
      holder = KEYS[FIRST_SHARD + slice]
      record = redis.call('HGET', holder, key_name)
    end
    if record then
      local recorded_fingerprint, first, count = string.match(record, '^(%S+) %d+c? (%d+) (%d+)$')
      if recorded_fingerprint ~= fingerprint then
        return {'key-reused'}
      end
      if confirmed then
        -- Replicas confirm the latest write of this connection, and another one may have written the record. So this
        -- one writes, too: what changes nothing, and what a Redis whose memory is full takes.
        local life = redis.call('PTTL', holder)
        redis.call('PEXPIRE', holder, life < 0 and record_life or life)
      end
      -- Whoever was answered first may be gone, and then nobody else remembers that the jobs were accepted.
      return {'replayed', tonumber(first), first + count - 1, old_position}
    end
  end
end

-- Lua counts exactly up to 2^53. A path names numbers of up to 15 digits.
local function is_number(text)
  return #text <= 15 and string.find(text, '^%d+$')
end

-- HMGET fails for a key of another type.
local counted = redis.pcall('HMGET', counter, 'numbers', 'epoch', counter_field, 'deleted')
if counted.err then
  return {'counter-unusable'}
end
local numbers = counted[1]
if not numbers or (counted[2] or '0') ~= epoch then
  return {'unknown-parent'}
end
if counted[4] then
  return {'chat-deleted'}
end
if not is_number(numbers) then
  return {'counter-unusable'}
end
if mentioned > tonumber(numbers) then
  return {'no-such-message', tonumber(numbers)}
end
-- A gateway that knows no changes sets the counter without their field. A change of a message that does not exist was
-- refused above, without a look at MySQL.
local given_out = numbered and counted[3] or not numbered and '0'
if not given_out then
  return {'unknown-parent'}
end
if not is_number(given_out) then
  return {'counter-unusable'}
end
-- A chat's message counter is set with the chat's number. Setting it again would give out the numbers of its messages
-- again.
if before_chat_number ~= '' then
  for number = given_out + 1, given_out + new_jobs do
    -- A counter of an older epoch belongs to a chat that Redis lost. HGET fails for a key of another type.
    local messages = before_chat_number .. string.format('%.0f', number) .. after_chat_number
    local its_epoch = redis.pcall('HGET', messages, 'epoch') or '0'
    if redis.call('EXISTS', messages) == 1 and (its_epoch == epoch or type(its_epoch) == 'table') then
      return {'counter-behind'}
    end
  end
end

local own_jobs = redis.call('LLEN', jobs)
if own_jobs == 0 then
  -- A ring of another type fails here, before a number is given out.
  redis.call('LLEN', ring)
end
if own_jobs >= many then
  most_jobs = tonumber(ARGV[4])
  most_bytes = tonumber(ARGV[5])
end
local waiting_jobs = (tonumber(load[1]) or 0) + new_jobs
local waiting_bytes = tonumber(load[2]) or 0
for i = FIRST_JOB, #ARGV do
  waiting_bytes = waiting_bytes + #ARGV[i]
end
if waiting_jobs > most_jobs or waiting_bytes > most_bytes then
  return {'queue-full'}
end

-- Every key that the script writes to is read first, so that one of another type fails before a number is given out.
local now, slice, expires_at, unsharded
if has_key then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
  slice = math.floor(now / slice_length)
  expires_at = (slice + 1) * slice_length + tonumber(record_life)
  slice = slice % SLICES
  local records = 0
  for each = 0, SLICES - 1 do
    local fields = redis.call('HLEN', KEYS[FIRST_RECORDS + each])
    local more = sharded[each]
    local direct = more and fields - 1 or fields
    records = records + direct + (more or 0)
    if each == slice then
      unsharded = direct
    end
  end
  if records >= most_records then
    local soonest = 0
    for each = 0, SLICES - 1 do
      local life = redis.call('PTTL', KEYS[FIRST_RECORDS + each])
      if life > 0 and (soonest == 0 or life < soonest) then
        soonest = life
      end
    end
    return {'too-many-keys', soonest}
  end
  if unsharded >= most_unsharded then
    redis.call('HLEN', KEYS[FIRST_SHARD + slice])
  end
end

-- The first write is one that a Redis whose memory is full refuses. Otherwise the script would fill it to the last byte.
local last = numbered and redis.call('HINCRBY', counter, counter_field, new_jobs) or new_jobs
local first = last - new_jobs + 1
if deletes_chat then
  redis.call('HSET', counter, 'deleted', string.format('%.0f', last))
end
for i = FIRST_JOB, #ARGV do
  -- Lua's own conversion would write large numbers as 1e+15.
  local number = string.format('%.0f', first + i - FIRST_JOB)
  local end_of_job = number .. '}'
  redis.call('RPUSH', jobs, ARGV[i] .. end_of_job)
  waiting_bytes = waiting_bytes + #end_of_job
  if before_chat_number ~= '' then
    local messages = before_chat_number .. number .. after_chat_number
    redis.call('HSET', messages, 'numbers', '0', 'changes', '0')
    if epoch ~= '0' then
      redis.call('HSET', messages, 'epoch', epoch)
    end
  end
end
if own_jobs == 0 then
  redis.call('RPUSH', ring, app)
end
local position = old_position + new_jobs
redis.call(
  'HSET', state,
  'jobs', string.format('%.0f', waiting_jobs),
  'bytes', string.format('%.0f', waiting_bytes),
  'position', string.format('%.0f', position)
)

if has_key then
  -- A later expiry stays: another gateway may keep records for longer.
  local function keep(hash)
    local life = redis.call('PTTL', hash)
    if life < expires_at - now then
      redis.call('PEXPIREAT', hash, string.format('%.0f', expires_at))
    end
  end

  local records = KEYS[FIRST_RECORDS + slice]
  local record = string.format('%s %s %.0f %.0f', fingerprint, chat, first, new_jobs)
  if unsharded < most_unsharded then
    redis.call('HSET', records, key_name, record)
  else
    local shard = KEYS[FIRST_SHARD + slice]
    redis.call('HSET', shard, key_name, record)
    redis.call('HSET', records, 'more', string.format('%.0f', (sharded[slice] or 0) + 1))
    keep(shard)
  end
  keep(records)

  -- For a metric: how many records the partition has in the slice, and until when.
  local field = 'records' .. slice
  local until_then, count = string.match(redis.call('HGET', state, field) or '', '^(%d+) (%d+)$')
  if not count or tonumber(until_then) <= now then
    count = 0
  end
  redis.call('HSET', state, field, string.format('%.0f %.0f', expires_at, count + 1))
end
return {'accepted', first, last, position}
