/**
 * Creates chats: {@code POST /apps/{token}/chats}. Edits and deletes them: {@code PATCH} and {@code
 * DELETE /apps/{token}/chats/{number}}.
 */
@NullMarked
package dev.tally.gateway.chat;

import org.jspecify.annotations.NullMarked;
