-- Releases a lease if the worker still holds it.
--
-- KEYS[1]  string   the partition's owner, with an expiry
--
-- ARGV[1]  string   id of the worker that releases the lease
--
-- Answers 1 if the worker held the lease, 0 if not.

local owner = KEYS[1] -- string
local worker = ARGV[1] -- string

if redis.call('GET', owner) ~= worker then
  return 0
end
return redis.call('DEL', owner)
