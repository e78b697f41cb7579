/**
 * The calls to Redis that move jobs out of a partition's queue.
 *
 * @see dev.tally.worker.drain.queue.QueueScripts
 */
@NullMarked
package dev.tally.worker.drain.queue;

import org.jspecify.annotations.NullMarked;
