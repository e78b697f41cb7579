package dev.tally.api.chat;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/** A chat as clients see it. */
public record ChatView(
    long number,
    @JsonProperty("messages_count") long messagesCount,
    @JsonProperty("created_at") Instant createdAt) {}
