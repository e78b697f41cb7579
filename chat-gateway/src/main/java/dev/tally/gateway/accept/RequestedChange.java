package dev.tally.gateway.accept;

import dev.tally.common.identity.MessageName;
import dev.tally.common.queue.MessageChange;
import org.jspecify.annotations.Nullable;

/**
 * A change that a client asks for.
 *
 * @param author who changes the message, as the app names people; null if the client does not say
 *     so
 * @param expectedRevision the revision that the message must have, 0 if it must not have been
 *     changed; null if any will do. It is judged when the change is persisted.
 */
public record RequestedChange(
    MessageName message,
    MessageChange change,
    @Nullable String author,
    @Nullable Long expectedRevision) {}
