package dev.tally.gateway.accept;

import dev.tally.common.identity.ChatName;
import dev.tally.common.queue.ChatChange;
import org.jspecify.annotations.Nullable;

/**
 * A change of a chat that a client asks for.
 *
 * @param author who changes the chat, as the app names people; null if the client does not say so
 * @param expectedRevision the revision that the chat must have, 0 if it must not have been changed;
 *     null if any will do. It is judged when the change is persisted, and a deletion has none.
 */
public record RequestedChatChange(
    ChatName chat, ChatChange change, @Nullable String author, @Nullable Long expectedRevision) {}
