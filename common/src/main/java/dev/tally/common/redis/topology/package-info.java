/**
 * Finds the servers of Redis: the one server, the nodes of a Redis Cluster, or the primary that
 * Sentinels name.
 */
@NullMarked
package dev.tally.common.redis.topology;

import org.jspecify.annotations.NullMarked;
