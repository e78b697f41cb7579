/** What the worker does with a write, as spans of the trace that the write belongs to. */
@NullMarked
package dev.tally.worker.tracing;

import org.jspecify.annotations.NullMarked;
