/** Spans of the worker's part in a write's trace. */
@NullMarked
package dev.tally.worker.tracing;

import org.jspecify.annotations.NullMarked;
