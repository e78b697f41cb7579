/**
 * Edits and deletes messages: one by {@code PUT}, {@code PATCH} and {@code DELETE
 * /apps/{token}/chats/{chat}/messages/{number}}, a batch by {@code PATCH
 * /apps/{token}/chats/{number}/messages}.
 */
@NullMarked
package dev.tally.gateway.change;

import org.jspecify.annotations.NullMarked;
