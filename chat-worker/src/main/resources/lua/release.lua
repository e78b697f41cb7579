-- Gives a lease back, unless another worker has it by now.
--
-- KEYS[1]  string   the partition's owner, with an expiry
--
-- ARGV[1]  string   id of the worker that gives the lease back
--
-- Answers 1 if it held the lease, 0 if not.

if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
