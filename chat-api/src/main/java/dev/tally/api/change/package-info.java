/** Reads what was changed: the changes of a chat's messages and of the chat itself, in pages. */
@NullMarked
package dev.tally.api.change;

import org.jspecify.annotations.NullMarked;
