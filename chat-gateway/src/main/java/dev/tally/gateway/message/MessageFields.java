package dev.tally.gateway.message;

import dev.tally.common.identity.Numbers;
import dev.tally.common.queue.MessageContent;
import dev.tally.common.web.field.Fields;
import dev.tally.common.web.field.NumberField;
import dev.tally.common.web.field.ObjectField;
import dev.tally.common.web.field.TextField;
import dev.tally.common.web.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The fields of a new message. */
final class MessageFields {

  static final Fields ALL =
      Fields.of(
          TextField.MESSAGE_BODY,
          TextField.MESSAGE_AUTHOR,
          ObjectField.MESSAGE_METADATA,
          NumberField.REPLY_TO);

  private MessageFields() {}

  /**
   * The message that these fields make.
   *
   * @throws dev.tally.common.web.problem.ProblemException 422 if a field is wrong
   */
  static MessageContent content(Map<String, String> fields) {
    return new MessageContent(
        TextField.MESSAGE_BODY.require(fields.get(TextField.MESSAGE_BODY.name())),
        TextField.MESSAGE_AUTHOR.optional(fields.get(TextField.MESSAGE_AUTHOR.name())),
        fields.get(ObjectField.MESSAGE_METADATA.name()),
        NumberField.REPLY_TO.optional(fields.get(NumberField.REPLY_TO.name())));
  }

  /** The index of the first message that answers one with a higher number than this. */
  static int firstAnswerAfter(List<MessageContent> messages, long highest) {
    int index = 0;
    while (Objects.requireNonNullElse(messages.get(index).replyTo(), Numbers.NONE) <= highest) {
      index++;
    }
    return index;
  }

  /** The problem of a message that answers none of those that came before it. */
  static ProblemException noEarlier(MessageContent message, long highest) {
    return ProblemException.invalidField(
        NumberField.REPLY_TO.name(),
        "%d is the number of no earlier message: the highest of the chat is %d."
            .formatted(message.replyTo(), highest));
  }

  /**
   * The parts in which two requests must be equal to be the same. Messages that have a body only
   * have the parts that they have always had.
   */
  static List<String> parts(String route, List<MessageContent> messages) {
    List<String> parts = new ArrayList<>(messages.size() + 1);
    boolean arePlain = messages.stream().allMatch(MessageContent::isPlain);
    parts.add(arePlain ? route : route + " with all fields");
    for (MessageContent message : messages) {
      parts.add(message.body());
      if (!arePlain) {
        // A text that is there is never empty.
        parts.add(Objects.requireNonNullElse(message.author(), ""));
        parts.add(Objects.requireNonNullElse(message.metadata(), ""));
        parts.add(Objects.toString(message.replyTo(), ""));
      }
    }
    return parts;
  }
}
