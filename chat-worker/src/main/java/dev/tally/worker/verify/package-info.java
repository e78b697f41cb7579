/** Checks over everything that what Tally promises is so. */
@NullMarked
package dev.tally.worker.verify;

import org.jspecify.annotations.NullMarked;
