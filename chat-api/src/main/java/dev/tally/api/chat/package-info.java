/** Reads the persisted chats of an app, one by one or in pages. */
@NullMarked
package dev.tally.api.chat;

import org.jspecify.annotations.NullMarked;
