/**
 * Takes new and changed messages from the outbox to every search index.
 *
 * <p>Structures: the outbox ({@code search_outbox}), whose rows are ranges of messages to index;
 * the registered indexes ({@code search_indexes}), which all get each message; and portions: the
 * part of each row that a round indexes.
 *
 * <p>The process, a round at a time:
 *
 * <ol>
 *   <li>Read, in one snapshot of MySQL: due outbox rows of the partitions that this worker owns,
 *       the messages of as many rows as a round takes, and the registered indexes. The last row is
 *       cut where the round is full.
 *   <li>Send the messages to each index.
 *   <li>Settle the rows. A row is done when every index has taken its messages. Messages that an
 *       index did not take are put off; what the round cut off is due at once.
 * </ol>
 *
 * <p>What keeps it right:
 *
 * <ul>
 *   <li>A row is settled after the indexes have taken its messages. A worker that is killed in
 *       between leaves the row, and the messages are sent again, which changes nothing.
 *   <li>Rows and registered indexes come from the same snapshot, so a reindex misses no message:
 *       {@link IndexRound} has the argument.
 *   <li>Changes of a message may reach an index in any order: it keeps the latest revision, and
 *       says so of an older one, which counts as taken.
 *   <li>Each index gets documents of its own layout, so the index in use and one of a later layout
 *       that is being built both get all messages. An index whose layout is too old gets none: rows
 *       wait until a new index is registered. An older worker, which does not know the layout of
 *       that one, leaves its rows alone from then on, to later workers.
 *   <li>When Elasticsearch is away, or an index takes nothing, the round is tried again later as a
 *       whole. The drain goes on.
 *   <li>A message that an index does not take delays itself, and no other: its run of messages
 *       becomes a row of its own. So there are never more new rows than such messages.
 *   <li>What is left of a cut row goes behind the rows that are due already, so a long row delays
 *       others by a round.
 * </ul>
 *
 * <p>ADR 0006 has the reasons.
 *
 * @see Indexer the loop
 * @see IndexRound a round
 * @see Portion which part of a row a round indexes, and what becomes of the row
 * @see dev.tally.worker.outbox
 * @see dev.tally.worker.index.lifecycle.IndexKeeper the check that recovers a damaged index
 */
@NullMarked
package dev.tally.worker.indexer;

import org.jspecify.annotations.NullMarked;
