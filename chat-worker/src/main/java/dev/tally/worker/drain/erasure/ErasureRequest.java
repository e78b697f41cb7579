package dev.tally.worker.drain.erasure;

import java.time.Instant;

/**
 * A request to erase what an author wrote in all chats of an app.
 *
 * @param requestedAt when the request was accepted
 */
public record ErasureRequest(long appId, String author, Instant requestedAt) {}
