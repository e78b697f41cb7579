/** Bounds what searches take of this process, of Elasticsearch, and of each other's time. */
@NullMarked
package dev.tally.api.search.bound;

import org.jspecify.annotations.NullMarked;
