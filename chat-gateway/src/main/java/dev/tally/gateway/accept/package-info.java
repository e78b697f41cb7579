/**
 * Accepts writes: makes jobs of them, and of each answer of the queue what the client gets.
 *
 * @see dev.tally.gateway.accept.Acceptor
 * @see dev.tally.common.accept.JobQueue
 */
@NullMarked
package dev.tally.gateway.accept;

import org.jspecify.annotations.NullMarked;
