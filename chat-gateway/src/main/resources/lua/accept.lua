-- Takes the next numbers of a parent (an app's chats, a chat's messages) and queues one job for each:
-- all of it happens, or none.
--
-- KEYS[1]  string (counter)  the highest number given out in the parent; its existence is how the parent is known
-- KEYS[2]  list              the partition's jobs, oldest first
-- KEYS[3]  string            idempotency record "<fingerprint> <first> <last>"; absent if the request has no key
--
-- ARGV[1]  integer  how many jobs may wait in the list
-- ARGV[2]  string   fingerprint of the request, "" if it has no idempotency key
-- ARGV[3]  integer  life of the idempotency record, in milliseconds
-- ARGV[4]  string   for chats, what the name of a new chat's message counter has before its number, else ""
-- ARGV[5]  string   for chats, what it has after it, else ""
-- ARGV[6…] string   the jobs, each open at its end: the script appends its number and a closing brace
--
-- The message counter carries the hash tag of the other keys, so it lies in their slot although its name is
-- only known here.
--
-- Answers {"accepted" | "replayed", first, last}, {"unknown-parent"}, {"queue-full"} or {"key-reused"}.

if KEYS[3] then
  local record = redis.call('GET', KEYS[3])
  if record then
    local fingerprint, first, last = string.match(record, '^(%x+) (%d+) (%d+)$')
    if fingerprint ~= ARGV[2] then
      return {'key-reused'}
    end
    return {'replayed', tonumber(first), tonumber(last)}
  end
end

if redis.call('EXISTS', KEYS[1]) == 0 then
  return {'unknown-parent'}
end

local count = #ARGV - 5
if redis.call('LLEN', KEYS[2]) + count > tonumber(ARGV[1]) then
  return {'queue-full'}
end

local last = redis.call('INCRBY', KEYS[1], count)
local first = last - count + 1
for i = 1, count do
  -- %.0f, because Lua writes large numbers as 1e+15
  local number = string.format('%.0f', first + i - 1)
  redis.call('RPUSH', KEYS[2], ARGV[5 + i] .. number .. '}')
  if ARGV[4] ~= '' then
    redis.call('SET', ARGV[4] .. number .. ARGV[5], '0')
  end
end

if KEYS[3] then
  redis.call('SET', KEYS[3], string.format('%s %.0f %.0f', ARGV[2], first, last), 'PX', ARGV[3])
end
return {'accepted', first, last}
