-- Takes the next numbers of a parent (an app for chats, a chat for messages) and queues one job for each number.
-- Does all of this or nothing.
--
-- KEYS[1]  hash    counter: "numbers" is the highest number given out in the parent, "epoch" the one it belongs to; a
--                  parent without a counter of the partition's epoch is unknown
-- KEYS[2]  hash    state of the partition: "jobs" and "bytes" that wait, "position", "epoch", "run"
-- KEYS[3]  list    jobs of the app, oldest first
-- KEYS[4]  list    ring: tokens of the partition's apps that have jobs, each once; a worker takes from the first next
-- KEYS[5]  string  idempotency record "<fingerprint> <first> <last> <chat>"; absent if the request has no key
--
-- ARGV[1]   string   token of the app
-- ARGV[2]   integer  most jobs that may wait in the partition
-- ARGV[3]   integer  most bytes of jobs that may wait in the partition
-- ARGV[4]   integer  the same as ARGV[2] for an app that has many jobs waiting
-- ARGV[5]   integer  the same as ARGV[3] for an app that has many jobs waiting
-- ARGV[6]   integer  how many jobs are many
-- ARGV[7]   string   fingerprint of the request, "" if it has no idempotency key
-- ARGV[8]   integer  life of the idempotency record, in milliseconds
-- ARGV[9]   string   for new chats, the part of a message counter's name before the chat's number, else ""
-- ARGV[10]  string   for new chats, the part after the chat's number, else ""
-- ARGV[11]  string   the run of Redis that the gateway knows, "" if none
-- ARGV[12]  string   number of the messages' chat, "0" for new chats; only for the record
-- ARGV[13]  string   "1" if replicas must confirm what this connection writes, else ""
-- ARGV[14…] string   open jobs: the script appends a number and a closing brace to each
--
-- A new chat's message counter has the hash tag of the other keys, so it lies in their slot although only this
-- script knows its name.
--
-- Answers {"accepted", first, last, position}, {"replayed", first, last}, {"unchecked"} if this run of Redis is not
-- checked or not the one that the gateway knows, {"unknown-parent"}, {"counter-unusable"} if the counter is no number,
-- {"counter-behind"} if the number of a new chat has been given out before, {"queue-full"} or {"key-reused"}.

local counter = KEYS[1] -- hash
local state = KEYS[2] -- hash
local jobs = KEYS[3] -- list
local ring = KEYS[4] -- list
local idempotency_record = KEYS[5] -- string, or nil

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
local FIRST_JOB = 14
local new_jobs = #ARGV - FIRST_JOB + 1 -- integer

if idempotency_record then
  local record = redis.call('GET', idempotency_record)
  if record then
    local recorded_fingerprint, first, last = string.match(record, '^(%x+) (%d+) (%d+) %d+$')
    if recorded_fingerprint ~= fingerprint then
      return {'key-reused'}
    end
    if confirmed then
      -- Replicas confirm the latest write of this connection, and another one may have written the record. So this one
      -- writes, too: what changes nothing, and what a Redis whose memory is full takes.
      local life = redis.call('PTTL', idempotency_record)
      redis.call('PEXPIRE', idempotency_record, life < 0 and record_life or life)
    end
    return {'replayed', tonumber(first), tonumber(last)}
  end
end

local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or 'unknown'
local load = redis.call('HMGET', state, 'jobs', 'bytes', 'position', 'epoch', 'run')
if load[5] ~= run or known_run ~= run then
  return {'unchecked'}
end
local epoch = load[4] or '0'

-- HMGET fails for a key of another type.
local numbers_and_epoch = redis.pcall('HMGET', counter, 'numbers', 'epoch')
if numbers_and_epoch.err then
  return {'counter-unusable'}
end
local given_out = numbers_and_epoch[1]
if not given_out or (numbers_and_epoch[2] or '0') ~= epoch then
  return {'unknown-parent'}
end
-- Lua counts exactly up to 2^53. A path names numbers of up to 15 digits.
if #given_out > 15 or not string.find(given_out, '^%d+$') then
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

-- The first write is one that a Redis whose memory is full refuses. Otherwise the script would fill it to the last byte.
local last = redis.call('HINCRBY', counter, 'numbers', new_jobs)
local first = last - new_jobs + 1
for i = FIRST_JOB, #ARGV do
  -- Lua's own conversion would write large numbers as 1e+15.
  local number = string.format('%.0f', first + i - FIRST_JOB)
  local end_of_job = number .. '}'
  redis.call('RPUSH', jobs, ARGV[i] .. end_of_job)
  waiting_bytes = waiting_bytes + #end_of_job
  if before_chat_number ~= '' then
    local messages = before_chat_number .. number .. after_chat_number
    redis.call('HSET', messages, 'numbers', '0')
    if epoch ~= '0' then
      redis.call('HSET', messages, 'epoch', epoch)
    end
  end
end
if own_jobs == 0 then
  redis.call('RPUSH', ring, app)
end
local position = (tonumber(load[3]) or 0) + new_jobs
redis.call(
  'HSET', state,
  'jobs', string.format('%.0f', waiting_jobs),
  'bytes', string.format('%.0f', waiting_bytes),
  'position', string.format('%.0f', position)
)

if idempotency_record then
  local record = string.format('%s %.0f %.0f %s', fingerprint, first, last, chat)
  redis.call('SET', idempotency_record, record, 'PX', record_life)
end
return {'accepted', first, last, position}
