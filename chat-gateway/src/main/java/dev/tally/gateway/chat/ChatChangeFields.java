package dev.tally.gateway.chat;

import dev.tally.common.identity.ChatName;
import dev.tally.common.queue.ChatChange;
import dev.tally.common.web.field.Fields;
import dev.tally.common.web.field.NumberField;
import dev.tally.common.web.field.ObjectField;
import dev.tally.common.web.field.TextField;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.gateway.accept.RequestedChatChange;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The fields of a change of a chat. The methods that read them throw a {@link ProblemException}:
 * 422 if a field is wrong.
 */
final class ChatChangeFields {

  /** Those of an edit, which keeps what it does not say. */
  static final Fields EDIT =
      Fields.of(
          TextField.CHANGED_CHAT_NAME,
          ObjectField.CHANGED_CHAT_METADATA,
          TextField.MESSAGE_AUTHOR,
          NumberField.EXPECTED_REVISION);

  /** Those of a deletion, which are in the query. */
  static final Fields DELETION = Fields.of(TextField.MESSAGE_AUTHOR);

  private ChatChangeFields() {}

  static RequestedChatChange edit(ChatName chat, Map<String, String> fields) {
    String name = fields.get(TextField.CHANGED_CHAT_NAME.name());
    String metadata = fields.get(ObjectField.CHANGED_CHAT_METADATA.name());
    if (name == null && metadata == null) {
      throw ProblemException.invalidField(
          TextField.CHANGED_CHAT_NAME.name(),
          "or metadata must be there; what is left out stays as it is.");
    }
    return change(
        chat,
        new ChatChange.Edit(
            name != null,
            TextField.NULL.equals(name) ? null : TextField.CHANGED_CHAT_NAME.optional(name),
            metadata != null,
            ObjectField.NULL.equals(metadata) ? null : metadata),
        fields);
  }

  static RequestedChatChange deletion(ChatName chat, Map<String, String> fields) {
    return change(chat, new ChatChange.Deletion(), fields);
  }

  private static RequestedChatChange change(
      ChatName chat, ChatChange change, Map<String, String> fields) {
    return new RequestedChatChange(
        chat,
        change,
        TextField.MESSAGE_AUTHOR.optional(fields.get(TextField.MESSAGE_AUTHOR.name())),
        NumberField.EXPECTED_REVISION.optional(fields.get(NumberField.EXPECTED_REVISION.name())));
  }

  /** The parts in which two requests must be equal to be the same. */
  static List<String> parts(RequestedChatChange requested) {
    String author = Objects.requireNonNullElse(requested.author(), "");
    String chat = Long.toString(requested.chat().number());
    return switch (requested.change()) {
      case ChatChange.Deletion _ -> List.of("deletion of chat " + chat, author);
      // A name that is there is never empty, and an object is never the text of null.
      case ChatChange.Edit edit ->
          List.of(
              "change of chat " + chat,
              Boolean.toString(edit.changesName()),
              Objects.requireNonNullElse(edit.name(), TextField.NULL),
              edit.changesMetadata()
                  ? Objects.requireNonNullElse(edit.metadata(), ObjectField.NULL)
                  : "",
              author,
              Objects.toString(requested.expectedRevision(), ""));
    };
  }
}
