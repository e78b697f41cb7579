/** Drains the queue into MySQL, indexes into Elasticsearch, and carries the operator commands. */
@NullMarked
package dev.tally.worker;

import org.jspecify.annotations.NullMarked;
