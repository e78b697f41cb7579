/**
 * The search outbox: messages that are persisted and not indexed yet as they are.
 *
 * <p>Structures: {@code search_outbox}, a table with a row for each run of consecutive messages of
 * one chat, its partition, the number of attempts that failed, and the time when it is due; and a
 * signal between the drain and the indexer of the same process.
 *
 * <p>The process:
 *
 * <ol>
 *   <li>The drain appends rows in the transaction that inserts or changes the messages, and wakes
 *       the indexer after the commit.
 *   <li>The indexer reads the oldest due rows of its worker's partitions.
 *   <li>The indexer settles the rows: it replaces each by what is left of it, usually nothing.
 * </ol>
 *
 * <p>What keeps it right:
 *
 * <ul>
 *   <li>The transaction that inserts or changes a message also inserts its row, so no message lacks
 *       one.
 *   <li>The transaction that deletes a row inserts what is left of it, so no message is dropped.
 *   <li>A row is settled only if it is still as it was read: MySQL may give the id of a deleted row
 *       to another one.
 *   <li>The signal may get lost: the indexer also looks once a second.
 *   <li>Reading due rows costs the same, however many wait.
 * </ul>
 *
 * @see SearchOutbox
 * @see Settlement
 * @see IndexSignal
 * @see dev.tally.worker.indexer
 */
@NullMarked
package dev.tally.worker.outbox;

import org.jspecify.annotations.NullMarked;
