package dev.tally.api.stream;

import java.time.Instant;

/**
 * Some consecutive messages of a chat, as events.
 *
 * @param last number of the last message
 * @param messages how many there are, at least one
 * @param oldest when the first of them was accepted
 */
record EventPage(byte[] bytes, long last, int messages, Instant oldest) {}
