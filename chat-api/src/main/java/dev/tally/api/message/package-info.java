/** Messages of a chat, as they are persisted. */
@NullMarked
package dev.tally.api.message;

import org.jspecify.annotations.NullMarked;
