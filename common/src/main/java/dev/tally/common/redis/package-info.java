/**
 * Configures every service's Redis client: bounded waits, no command sent twice, and no command
 * queued while Redis is away.
 */
@NullMarked
package dev.tally.common.redis;

import org.jspecify.annotations.NullMarked;
