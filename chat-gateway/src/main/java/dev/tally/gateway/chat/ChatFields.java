package dev.tally.gateway.chat;

import dev.tally.common.queue.ChatContent;
import dev.tally.common.web.field.Fields;
import dev.tally.common.web.field.ObjectField;
import dev.tally.common.web.field.TextField;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The fields of a new chat. */
final class ChatFields {

  static final Fields ALL = Fields.of(TextField.CHAT_NAME, ObjectField.CHAT_METADATA);

  private static final String ROUTE = "chats";

  private ChatFields() {}

  /**
   * What these fields say of a chat.
   *
   * @throws dev.tally.common.web.problem.ProblemException 422 if a field is wrong
   */
  static ChatContent content(Map<String, String> fields) {
    return new ChatContent(
        TextField.CHAT_NAME.optional(fields.get(TextField.CHAT_NAME.name())),
        fields.get(ObjectField.CHAT_METADATA.name()));
  }

  /**
   * The parts in which two requests must be equal to be the same. A chat that says nothing has the
   * parts that it has always had.
   */
  static List<String> parts(ChatContent content) {
    // A text that is there is never empty.
    return content.equals(ChatContent.NONE)
        ? List.of(ROUTE)
        : List.of(
            ROUTE + " with all fields",
            Objects.requireNonNullElse(content.name(), ""),
            Objects.requireNonNullElse(content.metadata(), ""));
  }
}
