/** Takes persisted messages from the outbox to every search index. */
@NullMarked
package dev.tally.worker.indexer;

import org.jspecify.annotations.NullMarked;
