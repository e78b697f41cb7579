/**
 * Takes persisted messages from the outbox to every search index.
 *
 * <p>Structures: the outbox ({@code search_outbox}), whose rows are ranges of messages to index;
 * the registered indexes ({@code search_indexes}), which all get each message; and the messages
 * themselves.
 *
 * <p>The process, a round at a time:
 *
 * <ol>
 *   <li>Read, in one snapshot of MySQL: due outbox rows of the partitions that this worker owns,
 *       their messages, and the registered indexes. A round takes a bounded number of each.
 *   <li>Send the messages to each index.
 *   <li>Settle the rows: delete those that every index has taken, advance one that the bound cut,
 *       and put off those with a refused document.
 * </ol>
 *
 * <p>What keeps it right:
 *
 * <ul>
 *   <li>A row is deleted after the indexes have taken its messages. A worker that is killed in
 *       between leaves the row, and the messages are sent again, which changes nothing.
 *   <li>Rows and registered indexes come from the same snapshot, so a reindex misses no message:
 *       {@link Indexer} has the argument.
 *   <li>A fault of Elasticsearch delays the round, and nothing else. The drain goes on.
 *   <li>A refused document delays its own row, and no other.
 * </ul>
 *
 * <p>ADR 0006 has the reasons.
 *
 * @see Indexer the rounds
 * @see dev.tally.worker.outbox
 * @see dev.tally.worker.index.lifecycle.IndexKeeper the check that recovers a damaged index
 */
@NullMarked
package dev.tally.worker.indexer;

import org.jspecify.annotations.NullMarked;
