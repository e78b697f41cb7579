/** Checks that all data is as Tally promises. */
@NullMarked
package dev.tally.worker.verify;

import org.jspecify.annotations.NullMarked;
