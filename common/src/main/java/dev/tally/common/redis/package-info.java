/**
 * Configures every service's Redis client: bounded waits, no command sent twice, and no command
 * queued while Redis is away. Checks in the services that write whether Redis keeps what it takes.
 */
@NullMarked
package dev.tally.common.redis;

import org.jspecify.annotations.NullMarked;
