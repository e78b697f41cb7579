/** Which search indexes there are: made, found again, replaced and removed. */
@NullMarked
package dev.tally.worker.index.lifecycle;

import org.jspecify.annotations.NullMarked;
