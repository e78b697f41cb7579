-- Extends a worker's entry in the roll of live workers, and returns the roll.
--
-- KEYS[1]  zset     live workers: member worker id, score expiry in milliseconds since the epoch
--
-- ARGV[1]  string   this worker's id
-- ARGV[2]  integer  how long it counts as live from now, in milliseconds
--
-- The clock is Redis's own, so workers need not agree on the time.
-- Answers the ids of all live workers.

local roll = KEYS[1] -- zset
local worker = ARGV[1] -- string
local life = tonumber(ARGV[2]) -- integer, milliseconds

-- Every worker adds itself again, so a roll that somebody has overwritten is dispensable.
if redis.call('TYPE', roll).ok ~= 'zset' then
  redis.call('DEL', roll)
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', roll, '-inf', string.format('%.0f', now))
redis.call('ZADD', roll, string.format('%.0f', now + life), worker)
return redis.call('ZRANGE', roll, 0, -1)
