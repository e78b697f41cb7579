/** Metrics that several services record in the same way. */
@NullMarked
package dev.tally.common.metrics;

import org.jspecify.annotations.NullMarked;
