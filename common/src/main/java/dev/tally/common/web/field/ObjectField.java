package dev.tally.common.web.field;

/**
 * A field with a JSON object that belongs to the client. A form has the object's text.
 *
 * @param maxBytes the longest object allowed: the length of its UTF-8 without spaces
 * @param mayBeNull whether null says something else than nothing; then it is read as {@link #NULL}
 */
public record ObjectField(String name, int maxBytes, boolean mayBeNull) implements Field {

  /** The text of a field that is null, where that says something. */
  public static final String NULL = "null";

  /** What a client keeps with a chat. */
  public static final ObjectField CHAT_METADATA = new ObjectField("metadata", 16 * 1024, false);

  /** What a client keeps with a chat from now on: null if that is nothing. */
  public static final ObjectField CHANGED_CHAT_METADATA =
      new ObjectField("metadata", 16 * 1024, true);

  /** What a client keeps with a message. */
  public static final ObjectField MESSAGE_METADATA = new ObjectField("metadata", 4 * 1024, false);

  /** What a client keeps with a message from now on: null if that is nothing. */
  public static final ObjectField CHANGED_METADATA = new ObjectField("metadata", 4 * 1024, true);
}
