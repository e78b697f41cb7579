/** Reads the persisted messages of a chat, one by one or in pages. */
@NullMarked
package dev.tally.api.message;

import org.jspecify.annotations.NullMarked;
