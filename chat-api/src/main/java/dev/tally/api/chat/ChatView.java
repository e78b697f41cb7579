package dev.tally.api.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A chat as clients see it. Of a lost chat only the number is left; it takes messages like any
 * other.
 *
 * @param changesCount how many changes of its messages were accepted, with or without effect
 * @param deletedCount how many of its messages are deleted; {@code messagesCount} includes them
 * @param name null if the chat has none
 * @param metadata the JSON object that belongs to the client; null if there is none
 * @param createdAt of a lost chat, when its loss was noticed
 * @param lostAt when the loss was noticed; null if the chat is not lost
 */
public record ChatView(
    long number,
    @JsonProperty("messages_count") long messagesCount,
    @JsonProperty("changes_count") long changesCount,
    @JsonProperty("deleted_count") long deletedCount,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String name,
    @JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String metadata,
    @JsonProperty("created_at") Instant createdAt,
    @JsonProperty("lost_at") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant lostAt) {

  /** Whether only the number is left. */
  boolean lost() {
    return lostAt != null;
  }
}
