/** Creates chats: {@code POST /apps/{token}/chats}. */
@NullMarked
package dev.tally.gateway.chat;

import org.jspecify.annotations.NullMarked;
