-- Extends a lease for whoever holds it.
--
-- KEYS[1]  string   the partition's owner, with an expiry
--
-- ARGV[1]  string   id of the worker that believes to hold the lease
-- ARGV[2]  integer  how long the lease lasts from now, in milliseconds
--
-- Answers 1 if the worker holds the lease, 0 if not.

if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
