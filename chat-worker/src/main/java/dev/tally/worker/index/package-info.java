/**
 * The search indexes in Elasticsearch, and the messages that they hold.
 *
 * <p>{@link dev.tally.worker.index.SearchCluster} is all that the worker asks of Elasticsearch,
 * {@link dev.tally.worker.index.Messages} reads what belongs into an index from MySQL, and {@link
 * dev.tally.worker.index.IndexedMessages} reads what an index holds, to compare. Which indexes
 * there are, and how one replaces another, is {@code lifecycle}'s.
 */
@NullMarked
package dev.tally.worker.index;

import org.jspecify.annotations.NullMarked;
