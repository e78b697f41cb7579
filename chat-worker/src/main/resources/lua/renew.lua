-- Extends a lease if the worker still holds it.
--
-- KEYS[1]  string   the partition's owner, with an expiry
--
-- ARGV[1]  string   id of the worker that believes to hold the lease
-- ARGV[2]  integer  how long the lease lasts from now, in milliseconds
--
-- Answers 1 if the worker holds the lease, 0 if not.

local owner = KEYS[1] -- string
local worker = ARGV[1] -- string
local duration = tonumber(ARGV[2]) -- integer, milliseconds

if redis.call('GET', owner) ~= worker then
  return 0
end
return redis.call('PEXPIRE', owner, duration)
