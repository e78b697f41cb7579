package dev.tally.common.web.field;

/**
 * A field with a JSON object that belongs to the client. A form has the object's text.
 *
 * @param maxBytes the longest object allowed: the length of its UTF-8 without spaces
 */
public record ObjectField(String name, int maxBytes) implements Field {

  /** What a client keeps with a chat. */
  public static final ObjectField CHAT_METADATA = new ObjectField("metadata", 16 * 1024);

  /** What a client keeps with a message. */
  public static final ObjectField MESSAGE_METADATA = new ObjectField("metadata", 4 * 1024);
}
