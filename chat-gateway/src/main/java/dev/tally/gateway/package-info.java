/**
 * Accepts writes, and answers as soon as Redis has them.
 *
 * <p>Controllers in {@code chat}, {@code message} and {@code change} read a request, {@code
 * ratelimit} limits its app, and {@code accept} numbers and queues it. MySQL is only asked about
 * counters that Redis does not have.
 *
 * @see dev.tally.gateway.accept.Acceptor
 */
@NullMarked
package dev.tally.gateway;

import org.jspecify.annotations.NullMarked;
