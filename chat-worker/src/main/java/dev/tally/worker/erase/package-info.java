/**
 * Erases deleted chats and apps, and deletes what one author wrote.
 *
 * <p>Structures: {@code erasures}, a table with a row for each chat, app or author that is to be
 * erased, and the place that has been reached. Whoever deletes a chat or an app adds its row in the
 * same transaction.
 *
 * <p>The process, a turn a second, or at once while there is more to do:
 *
 * <ol>
 *   <li>{@link dev.tally.worker.erase.Eraser} reads the rows of the apps whose partitions this
 *       worker owns, and takes one step of each. So a large app does not hold up a small chat.
 *   <li>A step of a deleted chat or app erases at most a thousand rows, or a thousand documents of
 *       each index, or what Redis has.
 *   <li>A step of an author looks at ten thousand messages, and queues up to a thousand deletions.
 * </ol>
 *
 * <p>What keeps it right:
 *
 * <ul>
 *   <li>A step may be repeated, by any worker, and the place is recorded after it.
 *   <li>Rows are erased only of what is deleted, under the lock that the drain takes.
 *   <li>No row is erased whose job may be delivered again: a chat waits until nothing of it is
 *       claimed, an app until nothing of it is in the queue.
 *   <li>An erasure ends when two passes have found nothing, with a time in between that is longer
 *       than a message needs from MySQL to Elasticsearch ({@link dev.tally.worker.index.ReadTime}),
 *       and no index is being built.
 *   <li>The number of a deleted chat is never given out again: its row stays, with its counts. So
 *       does the row of an app, with its token.
 * </ul>
 *
 * @see dev.tally.worker.erase.DeletionSteps
 * @see dev.tally.worker.erase.AuthorSteps
 */
@NullMarked
package dev.tally.worker.erase;

import org.jspecify.annotations.NullMarked;
