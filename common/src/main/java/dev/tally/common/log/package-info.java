/**
 * Keeps user data out of the log: no text that people wrote, and no whole token.
 *
 * @see dev.tally.common.log.LoggedFault
 */
@NullMarked
package dev.tally.common.log;

import org.jspecify.annotations.NullMarked;
