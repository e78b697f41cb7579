/** Configures the Elasticsearch client of every service that has one, and names its faults. */
@NullMarked
package dev.tally.common.search;

import org.jspecify.annotations.NullMarked;
