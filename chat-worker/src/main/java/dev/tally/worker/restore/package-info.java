/**
 * Puts right what a MySQL has lost that was set back, for instance to a backup.
 *
 * @see dev.tally.worker.restore.LostNumbers
 */
@NullMarked
package dev.tally.worker.restore;

import org.jspecify.annotations.NullMarked;
