/**
 * Assigns apps to partitions, and names the Redis keys of each partition.
 *
 * <p>All services must agree on the number of partitions and the layout of the keys; {@link
 * dev.tally.common.partition.RedisLayout} makes sure of that.
 */
@NullMarked
package dev.tally.common.partition;

import org.jspecify.annotations.NullMarked;
