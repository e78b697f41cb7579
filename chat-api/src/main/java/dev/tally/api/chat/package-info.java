/** Chats of an app, as they are persisted. */
@NullMarked
package dev.tally.api.chat;

import org.jspecify.annotations.NullMarked;
