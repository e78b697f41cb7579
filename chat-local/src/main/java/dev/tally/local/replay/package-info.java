/** Sends real text through a running system, and reads every byte of it back. */
@NullMarked
package dev.tally.local.replay;

import org.jspecify.annotations.NullMarked;
