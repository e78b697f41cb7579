/**
 * Notices that a server went back in time, and fences off what was accepted or persisted before.
 *
 * <p>Each partition counts what it accepted and what is done: its positions. Redis has them in the
 * partition's state, and MySQL in a row. When Redis comes back as another process (another run),
 * nobody uses a partition before somebody has compared the two, and what gateways remember. If
 * something is missing, the partition gets a new epoch. Counters of an older epoch are unknown, and
 * transactions of an older epoch roll back.
 *
 * @see dev.tally.common.epoch.Epochs
 */
@NullMarked
package dev.tally.common.epoch;

import org.jspecify.annotations.NullMarked;
