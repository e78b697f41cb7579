/**
 * The search outbox: messages that are persisted and not indexed yet.
 *
 * <p>Structures: {@code search_outbox}, a table with a row for each run of consecutive messages of
 * one chat, its partition, the number of refused attempts, and the time when it is due; and a
 * signal between the drain and the indexer of the same process.
 *
 * <p>The process:
 *
 * <ol>
 *   <li>The drain appends rows in the transaction that inserts the messages, and wakes the indexer
 *       after the commit.
 *   <li>The indexer reads the oldest due rows of its worker's partitions.
 *   <li>The indexer deletes a row, advances it, or puts it off.
 * </ol>
 *
 * <p>What keeps it right: the transaction that inserts a message also inserts its row, so no
 * message lacks one. The signal may get lost: the indexer also looks once a second. Reading due
 * rows costs the same, however many wait.
 *
 * @see SearchOutbox
 * @see IndexSignal
 * @see dev.tally.worker.indexer
 */
@NullMarked
package dev.tally.worker.outbox;

import org.jspecify.annotations.NullMarked;
