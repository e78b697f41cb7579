package dev.tally.gateway.change;

import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.web.field.Fields;
import dev.tally.common.web.field.FlagField;
import dev.tally.common.web.field.NumberField;
import dev.tally.common.web.field.ObjectField;
import dev.tally.common.web.field.TextField;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.gateway.accept.RequestedChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a change. The methods that read them throw a {@link ProblemException}: 422 if a
 * field is wrong.
 */
final class ChangeFields {

  /** Those of a change that says all of the message again. */
  static final Fields REPLACEMENT =
      Fields.of(
          TextField.MESSAGE_BODY,
          ObjectField.MESSAGE_METADATA,
          TextField.MESSAGE_AUTHOR,
          NumberField.EXPECTED_REVISION);

  /** Those of a change that keeps what it does not say. */
  static final Fields EDIT =
      Fields.of(
          TextField.MESSAGE_BODY,
          ObjectField.CHANGED_METADATA,
          TextField.MESSAGE_AUTHOR,
          NumberField.EXPECTED_REVISION);

  /** Those of a deletion, which are in the query. */
  static final Fields DELETION = Fields.of(TextField.MESSAGE_AUTHOR, NumberField.EXPECTED_REVISION);

  /** Those of a line of a batch: an edit or a deletion, and the message's number. */
  static final Fields LINE =
      Fields.of(
          NumberField.MESSAGE_NUMBER,
          FlagField.DELETED,
          TextField.MESSAGE_BODY,
          ObjectField.CHANGED_METADATA,
          TextField.MESSAGE_AUTHOR,
          NumberField.EXPECTED_REVISION);

  private ChangeFields() {}

  static RequestedChange replacement(MessageName message, Map<String, String> fields) {
    return change(
        message,
        MessageChange.Edit.all(
            TextField.MESSAGE_BODY.require(fields.get(TextField.MESSAGE_BODY.name())),
            fields.get(ObjectField.MESSAGE_METADATA.name())),
        fields);
  }

  static RequestedChange edit(MessageName message, Map<String, String> fields) {
    String body = TextField.MESSAGE_BODY.optional(fields.get(TextField.MESSAGE_BODY.name()));
    String metadata = fields.get(ObjectField.CHANGED_METADATA.name());
    if (body == null && metadata == null) {
      throw ProblemException.invalidField(
          TextField.MESSAGE_BODY.name(),
          "or metadata must be there; what is left out stays as it is.");
    }
    return change(
        message,
        new MessageChange.Edit(
            body, metadata != null, ObjectField.NULL.equals(metadata) ? null : metadata),
        fields);
  }

  static RequestedChange deletion(MessageName message, Map<String, String> fields) {
    return change(message, new MessageChange.Deletion(), fields);
  }

  /** The change that a line of a batch makes in the chat. */
  static RequestedChange line(ChatName chat, Map<String, String> fields) {
    MessageName message =
        new MessageName(
            chat,
            NumberField.MESSAGE_NUMBER.require(fields.get(NumberField.MESSAGE_NUMBER.name())));
    if (!FlagField.DELETED.isSet(fields.get(FlagField.DELETED.name()))) {
      return edit(message, fields);
    }
    if (fields.containsKey(TextField.MESSAGE_BODY.name())
        || fields.containsKey(ObjectField.CHANGED_METADATA.name())) {
      throw ProblemException.invalidField(
          FlagField.DELETED.name(),
          "stands without body and metadata: leave them out, or deleted.");
    }
    return deletion(message, fields);
  }

  private static RequestedChange change(
      MessageName message, MessageChange change, Map<String, String> fields) {
    return new RequestedChange(
        message,
        change,
        TextField.MESSAGE_AUTHOR.optional(fields.get(TextField.MESSAGE_AUTHOR.name())),
        NumberField.EXPECTED_REVISION.optional(fields.get(NumberField.EXPECTED_REVISION.name())));
  }

  /** The parts in which two requests must be equal to be the same. */
  static List<String> parts(String method, RequestedChange requested) {
    MessageName message = requested.message();
    List<String> parts = new ArrayList<>();
    parts.add(
        "change of message %d of chat %d".formatted(message.number(), message.chat().number()));
    parts.add(method);
    addSaid(parts, requested);
    return parts;
  }

  /** The same for a batch. */
  static List<String> parts(ChatName chat, List<RequestedChange> batch) {
    List<String> parts = new ArrayList<>(1 + 5 * batch.size());
    parts.add("batch of changes of chat " + chat.number());
    for (RequestedChange requested : batch) {
      parts.add(Long.toString(requested.message().number()));
      // An edit says something of the body or of the metadata, and a deletion says nothing.
      addSaid(parts, requested);
    }
    return parts;
  }

  /** Adds as many parts for each change. */
  private static void addSaid(List<String> parts, RequestedChange requested) {
    MessageChange.Edit edit =
        requested.change() instanceof MessageChange.Edit found
            ? found
            : new MessageChange.Edit(null, false, null);
    // A text that is there is never empty, and an object is never the text of null.
    parts.add(orEmpty(edit.body()));
    parts.add(
        edit.changesMetadata()
            ? Objects.requireNonNullElse(edit.metadata(), ObjectField.NULL)
            : "");
    parts.add(orEmpty(requested.author()));
    parts.add(Objects.toString(requested.expectedRevision(), ""));
  }

  private static String orEmpty(@Nullable String text) {
    return Objects.requireNonNullElse(text, "");
  }
}
