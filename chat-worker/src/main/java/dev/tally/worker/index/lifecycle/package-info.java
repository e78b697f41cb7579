/** Creates, checks, replaces and removes search indexes. */
@NullMarked
package dev.tally.worker.index.lifecycle;

import org.jspecify.annotations.NullMarked;
