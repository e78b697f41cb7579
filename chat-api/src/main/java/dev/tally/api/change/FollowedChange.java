package dev.tally.api.change;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.tally.api.message.MessageView;
import org.jspecify.annotations.Nullable;

/**
 * A change as streams show it: not with what it replaced, but with what there is now.
 *
 * @param change what lists say of it, without what was before
 * @param message the message as it reads now; null if the change had no effect or is not about a
 *     message
 * @param chat the chat as it reads now; null if the change is not an edit of the chat itself
 */
public record FollowedChange(
    @JsonUnwrapped ChangeView change,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable MessageView message,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Chat chat) {

  static final String APPLIED = "applied";
  private static final String DELETE = "delete";

  /**
   * What a chat says.
   *
   * @param name null if it has none
   * @param metadata the JSON object that belongs to the client; null if there is none
   */
  record Chat(
      long number,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String name,
      @JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String metadata) {}

  /** The change's number among the changes of its chat. */
  public long number() {
    return change.number();
  }

  /** {@code edit} or {@code delete}; null for a lost change. */
  public @Nullable String kind() {
    return change.kind();
  }

  /** Whether clients are told of it: it had an effect, and there is something to show. */
  public boolean hasEvent() {
    return message != null || chat != null || endsChat();
  }

  /** Whether it deleted the chat itself. */
  public boolean endsChat() {
    return change.messageNumber() == null
        && change.effect().equals(APPLIED)
        && DELETE.equals(change.kind());
  }
}
