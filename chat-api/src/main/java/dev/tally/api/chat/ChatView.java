package dev.tally.api.chat;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.ZoneOffset;

/** A chat as clients see it. */
public record ChatView(
    long number,
    @JsonProperty("messages_count") long messagesCount,
    @JsonProperty("created_at") Instant createdAt) {

  static ChatView of(Chat chat) {
    return new ChatView(
        chat.number(), chat.messagesCount(), chat.createdAt().toInstant(ZoneOffset.UTC));
  }
}
