/**
 * How every service talks to Redis: bounded waits, nothing sent twice, nothing queued while it is
 * away.
 */
@NullMarked
package dev.tally.common.redis;

import org.jspecify.annotations.NullMarked;
