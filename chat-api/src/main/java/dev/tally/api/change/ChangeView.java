package dev.tally.api.change;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of a message or of its chat as clients see it.
 *
 * @param number the change's number among the changes of its chat, from 1
 * @param messageNumber the message that was changed; null for a change of the chat, and for a lost
 *     change
 * @param kind {@code edit} or {@code delete}; null for a lost change
 * @param effect {@code applied}, {@code none}, {@code conflict} or {@code pending}; {@code lost} if
 *     nothing is left of the change but its number
 * @param author who made the change, as the app names people; null if it does not say so
 * @param before what the message or the chat said before the change; null if the change had no
 *     effect, or the message is deleted
 * @param createdAt when the change was accepted, or its loss was noticed
 */
record ChangeView(
    long number,
    @JsonProperty("message_number") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable Long messageNumber,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String kind,
    String effect,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String author,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Before before,
    @JsonProperty("created_at") Instant createdAt) {

  /**
   * What a message or a chat said.
   *
   * @param body the message's; null for a chat
   * @param name the chat's; null for a message, and if the chat had none
   * @param metadata the JSON object that belongs to the client; null if there was none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Before(
      @Nullable String body, @Nullable String name, @JsonRawValue @Nullable String metadata) {

    static Before ofMessage(String body, @Nullable String metadata) {
      return new Before(body, null, metadata);
    }

    static Before ofChat(@Nullable String name, @Nullable String metadata) {
      return new Before(null, name, metadata);
    }
  }
}
