package dev.tally.api.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message as clients see it.
 *
 * @param body empty if the message is lost
 * @param createdAt of a lost message, when its loss was noticed
 * @param lostAt when the loss was noticed; null if the message is not lost
 */
public record MessageView(
    long number,
    String body,
    @JsonProperty("created_at") Instant createdAt,
    @JsonProperty("lost_at") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant lostAt) {

  /** Whether only the number is left. */
  public boolean lost() {
    return lostAt != null;
  }
}
