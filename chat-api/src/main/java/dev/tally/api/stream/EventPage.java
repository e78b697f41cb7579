package dev.tally.api.stream;

import java.time.Instant;

/**
 * Consecutive messages of a chat, encoded as server-sent events.
 *
 * @param last the number of the last message
 * @param messages the number of messages, at least one
 * @param oldest the time at which the first message was accepted
 */
@SuppressWarnings("ArrayRecordComponent") // No page is compared with another.
record EventPage(byte[] bytes, long last, int messages, Instant oldest) {}
