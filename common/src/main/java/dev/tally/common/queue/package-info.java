/**
 * The jobs that travel from the gateway to the worker, and their text in Redis.
 *
 * @see dev.tally.common.queue.JobCodec
 */
@NullMarked
package dev.tally.common.queue;

import org.jspecify.annotations.NullMarked;
