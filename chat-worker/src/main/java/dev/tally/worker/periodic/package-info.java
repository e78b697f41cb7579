/** Repeats work in the background for as long as the worker runs. */
@NullMarked
package dev.tally.worker.periodic;

import org.jspecify.annotations.NullMarked;
