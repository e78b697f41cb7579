/** Adds messages to a chat, one or a batch: {@code POST /apps/{token}/chats/{number}/messages}. */
@NullMarked
package dev.tally.gateway.message;

import org.jspecify.annotations.NullMarked;
