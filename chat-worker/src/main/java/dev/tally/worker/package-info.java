/**
 * Drains the queue into MySQL, indexes messages in Elasticsearch, and has the operator's commands.
 */
@NullMarked
package dev.tally.worker;

import org.jspecify.annotations.NullMarked;
