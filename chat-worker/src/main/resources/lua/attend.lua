-- Keeps a worker in the roll of live workers, and calls the roll.
--
-- KEYS[1]  zset     live workers: member worker id, score expiry in milliseconds since the epoch
--
-- ARGV[1]  string   this worker's id
-- ARGV[2]  integer  how long it counts as live from now, in milliseconds
--
-- The clock is Redis's own, so workers need not agree on the time.
-- Answers the ids of all live workers.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), ARGV[1])
return redis.call('ZRANGE', KEYS[1], 0, -1)
