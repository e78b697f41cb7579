package dev.tally.api.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message as clients see it.
 *
 * @param body empty if the message is lost
 * @param author who wrote it, as the app names people; null if the message does not say so
 * @param metadata the JSON object that belongs to the client; null if there is none
 * @param replyTo the number of the earlier message that this one answers; null if it answers none
 * @param createdAt of a lost message, when its loss was noticed
 * @param lostAt when the loss was noticed; null if the message is not lost
 */
public record MessageView(
    long number,
    String body,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String author,
    @JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String metadata,
    @JsonProperty("reply_to") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long replyTo,
    @JsonProperty("created_at") Instant createdAt,
    @JsonProperty("lost_at") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant lostAt) {

  /** The length of its texts, in characters. */
  int length() {
    return body.length()
        + (author == null ? 0 : author.length())
        + (metadata == null ? 0 : metadata.length());
  }

  /** Whether only the number is left. */
  public boolean lost() {
    return lostAt != null;
  }
}
