/**
 * Who drains which partition: at any time one worker holds a partition's lease, and workers share
 * them evenly.
 */
@NullMarked
package dev.tally.worker.lease;

import org.jspecify.annotations.NullMarked;
