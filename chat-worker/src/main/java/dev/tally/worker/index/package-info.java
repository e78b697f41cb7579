/**
 * The search indexes in Elasticsearch, and the messages that they hold.
 *
 * <p>Structures:
 *
 * <ul>
 *   <li>an index, {@code tally-messages-<time>}: a document for each message. {@link
 *       dev.tally.worker.index.DocumentName} has its id and its routing. {@link
 *       dev.tally.worker.index.DocumentFormat} has its fields, which depend on the index's layout.
 *   <li>{@code tally-messages}, an alias: the live index. Searches of older APIs go to it.
 *   <li>{@code <index>-write}, an alias: the only name that documents are sent to. A bulk request
 *       requires it, so no request makes a deleted index again.
 *   <li>{@code search_indexes}, a table: the index in use ({@code LIVE}) and one that a reindex
 *       fills ({@code BUILDING}), each with the UUID that Elasticsearch gave it, and its layout
 *       ({@link dev.tally.common.search.SearchLayout})
 * </ul>
 *
 * <p>The process:
 *
 * <ol>
 *   <li>{@link dev.tally.worker.index.Messages} reads messages from MySQL.
 *   <li>{@link dev.tally.worker.index.DocumentWriter} makes documents of an index's layout, and
 *       sends them to the index in bulk requests of 5 MB. Its {@link
 *       dev.tally.worker.index.BulkAnswer} names the messages that the index did not take.
 *   <li>{@link dev.tally.worker.index.IndexedMessages} reads an index back, for {@code verify}.
 * </ol>
 *
 * <p>What keeps it right:
 *
 * <ul>
 *   <li>A document's id, version and content follow from its message and the message's revision. An
 *       index keeps the highest version that it was sent. So a document may be sent any number of
 *       times, by any number of workers, in any order, and no late one brings an old text back.
 *   <li>An index keeps its layout, and an index of another layout has another name. So nobody sends
 *       a document of one layout to an index of another, or asks one as the other. A worker that
 *       does not know the layout of a registered index sends nothing, and settles no outbox row.
 *   <li>A deleted message is a document without text. It stays, and so does its version. Of a
 *       deleted chat or app nothing stays: {@link dev.tally.worker.index.DocumentEraser} deletes
 *       its documents, and {@link dev.tally.worker.index.ReadTime} bounds how late one may come.
 *   <li>An index with another UUID than the recorded one is another index: {@code lifecycle} sends
 *       everything to it again.
 * </ul>
 *
 * @see dev.tally.worker.index.SearchCluster creates, deletes and swaps indexes
 * @see dev.tally.worker.index.lifecycle
 * @see dev.tally.worker.indexer
 */
@NullMarked
package dev.tally.worker.index;

import org.jspecify.annotations.NullMarked;
