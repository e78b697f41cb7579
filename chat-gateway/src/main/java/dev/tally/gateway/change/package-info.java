/**
 * Edits and deletes messages: {@code PUT}, {@code PATCH} and {@code DELETE
 * /apps/{token}/chats/{chat}/messages/{number}}.
 */
@NullMarked
package dev.tally.gateway.change;

import org.jspecify.annotations.NullMarked;
