package dev.tally.api.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message as clients see it.
 *
 * @param body empty if the message is deleted or lost
 * @param author who wrote it, as the app names people; null if the message does not say so
 * @param metadata the JSON object that belongs to the client; null if there is none
 * @param replyTo the number of the earlier message that this one answers; null if it answers none
 * @param createdAt of a lost message, when its loss was noticed
 * @param editedAt when its last edit was accepted; null if nobody has edited it
 * @param revision the number, among the changes of its chat, of the last change that had an effect
 *     on it; null if there is none
 * @param deletedAt when its deletion was accepted; null if the message is not deleted
 * @param lostAt when the loss was noticed; null if the message is not lost
 */
public record MessageView(
    long number,
    String body,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String author,
    @JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String metadata,
    @JsonProperty("reply_to") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long replyTo,
    @JsonProperty("created_at") Instant createdAt,
    @JsonProperty("edited_at") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable Instant editedAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long revision,
    @JsonProperty("deleted_at") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable Instant deletedAt,
    @JsonProperty("lost_at") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant lostAt) {

  /** Whether only the number is left. */
  public boolean lost() {
    return lostAt != null;
  }

  /** Whether somebody has deleted the message: then it is a tombstone. */
  boolean deleted() {
    return deletedAt != null;
  }
}
