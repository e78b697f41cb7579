/** Repeats what MySQL, Redis or Elasticsearch does not do at once. */
@NullMarked
package dev.tally.worker.retry;

import org.jspecify.annotations.NullMarked;
