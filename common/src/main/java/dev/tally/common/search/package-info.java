/**
 * Configures the Elasticsearch client of every service that has one, names its faults, and says how
 * documents are named.
 */
@NullMarked
package dev.tally.common.search;

import org.jspecify.annotations.NullMarked;
