/** Compares what clients saw with what the servers have. */
@NullMarked
package dev.tally.system.faults.check;

import org.jspecify.annotations.NullMarked;
