/** Keeps Elasticsearch holding every persisted message, by way of an outbox in MySQL. */
@NullMarked
package dev.tally.worker.search;

import org.jspecify.annotations.NullMarked;
