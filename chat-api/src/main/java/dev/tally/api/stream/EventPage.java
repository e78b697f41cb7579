package dev.tally.api.stream;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive messages of a chat, encoded as server-sent events. Lost messages have no event;
 * deleted ones have one that says so.
 *
 * @param last the number of the last message, lost or not
 * @param messages the number of events; 0 if all messages are lost
 * @param oldest the time at which the first of those messages was accepted; null if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // No page is compared with another.
record EventPage(byte[] bytes, long last, int messages, @Nullable Instant oldest) {}
