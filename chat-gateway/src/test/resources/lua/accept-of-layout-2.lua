-- Takes the next numbers of a parent (an app for chats, a chat for messages) and queues one job for each number.
-- Does all of this or nothing.
--
-- KEYS[1]  string (integer)  counter: the highest number given out in the parent; a parent without one is unknown
-- KEYS[2]  list              jobs of the partition, oldest first
-- KEYS[3]  string            idempotency record "<fingerprint> <first> <last>"; absent if the request has no key
--
-- ARGV[1]  integer  queue limit: how many jobs the list may hold
-- ARGV[2]  string   fingerprint of the request, "" if it has no idempotency key
-- ARGV[3]  integer  life of the idempotency record, in milliseconds
-- ARGV[4]  string   for new chats, the part of a message counter's name before the chat's number, else ""
-- ARGV[5]  string   for new chats, the part after the chat's number, else ""
-- ARGV[6…] string   open jobs: the script appends a number and a closing brace to each
--
-- A new chat's message counter has the hash tag of the other keys, so it lies in their slot although only this
-- script knows its name.
--
-- Answers {"accepted" | "replayed", first, last}, {"unknown-parent"}, {"queue-full"} or {"key-reused"}.

local counter = KEYS[1] -- string (integer)
local jobs = KEYS[2] -- list
local idempotency_record = KEYS[3] -- string, or nil

local queue_limit = tonumber(ARGV[1]) -- integer
local fingerprint = ARGV[2] -- string
local record_life = ARGV[3] -- integer (milliseconds)
local before_chat_number = ARGV[4] -- string
local after_chat_number = ARGV[5] -- string
local open_jobs = {} -- strings
for i = 6, #ARGV do
  open_jobs[i - 5] = ARGV[i]
end

if idempotency_record then
  local record = redis.call('GET', idempotency_record)
  if record then
    local recorded_fingerprint, first, last = string.match(record, '^(%x+) (%d+) (%d+)$')
    if recorded_fingerprint ~= fingerprint then
      return {'key-reused'}
    end
    return {'replayed', tonumber(first), tonumber(last)}
  end
end

if redis.call('EXISTS', counter) == 0 then
  return {'unknown-parent'}
end

if redis.call('LLEN', jobs) + #open_jobs > queue_limit then
  return {'queue-full'}
end

local last = redis.call('INCRBY', counter, #open_jobs)
local first = last - #open_jobs + 1
for i, open_job in ipairs(open_jobs) do
  -- Lua's own conversion would write large numbers as 1e+15.
  local number = string.format('%.0f', first + i - 1)
  redis.call('RPUSH', jobs, open_job .. number .. '}')
  if before_chat_number ~= '' then
    redis.call('SET', before_chat_number .. number .. after_chat_number, '0')
  end
end

if idempotency_record then
  local record = string.format('%s %.0f %.0f', fingerprint, first, last)
  redis.call('SET', idempotency_record, record, 'PX', record_life)
end
return {'accepted', first, last}
