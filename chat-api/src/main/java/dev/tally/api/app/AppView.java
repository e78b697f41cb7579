package dev.tally.api.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.ZoneOffset;

/** An app as clients see it. */
record AppView(
    String name,
    String token,
    @JsonProperty("chats_count") long chatsCount,
    @JsonProperty("created_at") Instant createdAt,
    @JsonProperty("updated_at") Instant updatedAt) {

  static AppView of(App app) {
    return new AppView(
        app.name(),
        app.token().value(),
        app.chatsCount(),
        app.createdAt().toInstant(ZoneOffset.UTC),
        app.updatedAt().toInstant(ZoneOffset.UTC));
  }
}
