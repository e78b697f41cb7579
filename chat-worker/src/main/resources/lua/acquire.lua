-- Acquires a lease if it is free. An owner without an expiry is none: somebody else wrote to the key, and nothing would
-- ever end that lease.
--
-- KEYS[1]  string   the partition's owner, with an expiry
--
-- ARGV[1]  string   id of the worker that wants the lease
-- ARGV[2]  integer  how long the lease lasts from now, in milliseconds
--
-- Answers 1 if the worker holds the lease now, 0 if a worker held it already.

local owner = KEYS[1] -- string
local worker = ARGV[1] -- string
local duration = ARGV[2] -- integer, milliseconds

if redis.call('PTTL', owner) >= 0 then
  return 0
end
-- A Redis whose memory is full refuses a script that begins with SET. Then no worker would take a lease, and nothing
-- would drain the queues that fill the memory. After a DEL, even of nothing, Redis allows the SET.
redis.call('DEL', owner)
redis.call('SET', owner, worker, 'PX', duration)
return 1
