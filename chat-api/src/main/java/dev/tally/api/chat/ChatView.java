package dev.tally.api.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A chat as clients see it. Of a lost chat only the number is left; it takes messages like any
 * other. Of a deleted chat the number and the counts are left.
 *
 * @param changesCount how many changes of it and its messages were accepted, with or without effect
 * @param deletedCount how many of its messages are deleted; {@code messagesCount} includes them
 * @param name null if the chat has none
 * @param metadata the JSON object that belongs to the client; null if there is none
 * @param editedAt when its last edit was accepted; null if nobody has edited it
 * @param revision the number of the last change that had an effect on it; null if there is none
 * @param deletedAt when its deletion was accepted; null if it is not deleted
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
    @JsonProperty("edited_at") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable Instant editedAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long revision,
    @JsonProperty("deleted_at") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable Instant deletedAt,
    @JsonProperty("lost_at") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant lostAt) {

  boolean deleted() {
    return deletedAt != null;
  }

  /** Whether only the number is left. */
  boolean lost() {
    return lostAt != null;
  }
}
