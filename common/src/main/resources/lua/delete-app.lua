-- Marks an app as deleted: from now on, nothing is accepted in it. Keeps its numbers and its epoch. If Redis does not have
-- the app, its access is unknown, and whoever recovers it learns of the deletion from MySQL, which has recorded it already.
--
-- KEYS[1]  hash  counter of the app's chats: "access" is its access state
--
-- Answers 1 if the app is marked, 0 if Redis does not have it.

local counter = KEYS[1] -- hash, or anything that somebody wrote there

if redis.call('TYPE', counter).ok ~= 'hash' then
  return 0
end
-- A Redis whose memory is full refuses a script that begins with HSET, and nobody could delete an app.
redis.call('HDEL', counter, 'access')
redis.call('HSET', counter, 'access', 'deleted')
return 1
