/**
 * Records the positions of partitions in Elasticsearch, a third server, and compares them with
 * those that Redis and MySQL have. If both are restored from backups, they may agree and yet have
 * lost writes.
 *
 * <p>Structure: {@code tally-positions}, an index with a document for each partition. It is no part
 * of the search index's mapping ({@code _meta}): each change of a mapping is one of the state of
 * the whole cluster, which its elected node works on alone and sends to all nodes.
 *
 * <p>What keeps it right: a worker compares a partition before it records it, each time that it
 * gets the partition's lease, finds another run of Redis, or an epoch has begun. So a record is
 * overwritten only after its loss has been noticed. The indexer records a partition before it sends
 * what it has read there, so the record is never behind the search index. Without Elasticsearch,
 * Redis and MySQL are compared alone, and no write waits.
 *
 * @see dev.tally.worker.position.PositionRecord
 * @see dev.tally.common.epoch.Epochs
 */
@NullMarked
package dev.tally.worker.position;

import org.jspecify.annotations.NullMarked;
