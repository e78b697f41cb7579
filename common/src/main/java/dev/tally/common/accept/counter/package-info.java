/**
 * The counters that numbers come from, and how they are recovered from the jobs in Redis and the
 * rows in MySQL.
 *
 * @see dev.tally.common.accept.counter.CounterRecovery
 */
@NullMarked
package dev.tally.common.accept.counter;

import org.jspecify.annotations.NullMarked;
