/** The jobs that travel from the gateway to the worker, and how they are written. */
@NullMarked
package dev.tally.common.queue;

import org.jspecify.annotations.NullMarked;
