package dev.tally.system.faults.workload;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The data of the servers after all work is done.
 *
 * @param apps the rows of {@code apps}, by token
 * @param chats {@code messages_count} of each row of {@code chats}
 * @param voidChats the chats that MySQL has lost, of which only the number is left
 * @param messages the rows of {@code messages}, for each chat in number order
 * @param changes the rows of {@code changes}, for each chat in number order
 * @param changeCounts the other counts of each row of {@code chats}
 * @param indexed the numbers that searches find, for each chat
 * @param counters Redis's counters
 * @param deadLetters the dead letters
 */
public record State(
    Map<String, App> apps,
    Map<Parent.Chat, Long> chats,
    Set<Parent.Chat> voidChats,
    Map<Parent.Chat, List<Message>> messages,
    Map<Parent.Chat, List<Change>> changes,
    Map<Parent.Chat, Counts> changeCounts,
    Map<Parent.Chat, Set<Long>> indexed,
    Map<Parent, Long> counters,
    List<Dead> deadLetters) {

  /** A row of {@code apps}. */
  public record App(String name, long chatsCount) {}

  /**
   * The counts of a chat that changes raise.
   *
   * @param changes {@code changes_count}
   * @param deleted {@code deleted_count}
   */
  public record Counts(long changes, long deleted) {}

  /**
   * A message, from its row or from a read.
   *
   * @param created the {@link #name} of the body that it was created with; clients send that as its
   *     author, which nobody can change
   * @param isVoid whether what stood there is lost, and only the number is left
   * @param revision 0 if nobody has changed it
   */
  public record Message(
      long number,
      String created,
      String body,
      boolean isVoid,
      long revision,
      boolean isEdited,
      boolean isDeleted) {

    private static final int LONGEST_NAME = 128;

    /** A message that is there, and that nobody has changed. */
    public Message(long number, String body) {
      this(number, name(body), body, false, 0, false, false);
    }

    /** The number of a message that MySQL has lost. */
    public static Message lost(long number) {
      return new Message(number, "", "", true, 0, false, false);
    }

    /** What identifies a body: its end, as long as an author may be. */
    public static String name(String body) {
      return body.substring(Math.max(0, body.length() - LONGEST_NAME));
    }

    /** The message before anybody changed it. */
    public Message asCreated() {
      return isVoid ? this : new Message(number, created);
    }

    /** Whether both are of one creation, or both are lost. */
    public boolean hasCreationOf(Message other) {
      return created.equals(other.created) && isVoid == other.isVoid;
    }
  }

  /**
   * A change, from its row or from a read.
   *
   * @param identity which change it is, see {@link #identity}; empty if that is lost
   * @param message the number of the message, 0 if it is lost
   * @param effect as answers name it
   * @param before what the message said before; null if the change does not say so
   */
  public record Change(
      long number,
      String identity,
      long message,
      boolean isDeletion,
      String effect,
      @Nullable String before) {

    /** The change that this author makes of this message. */
    public static String identity(String kind, long message, String author) {
      return "%s %d by %s".formatted(kind, message, author);
    }

    /** A change as a row or an answer says it. */
    public static Change of(
        long number,
        @Nullable String kind,
        long message,
        String effect,
        @Nullable String author,
        @Nullable String before) {
      return kind == null
          ? new Change(number, "", 0, false, effect, before)
          : new Change(
              number,
              identity(kind, message, String.valueOf(author)),
              message,
              kind.equals("delete"),
              effect,
              before);
    }

    /** Whether only the number is left. */
    public boolean isVoid() {
      return effect.equals("lost");
    }

    /** The change as a numbered thing, which messages are, too. */
    public Message asMessage() {
      return isVoid() ? Message.lost(number) : new Message(number, identity);
    }
  }

  /**
   * A dead letter.
   *
   * @param parent null if its job cannot be read
   * @param body of a message, or the identity of a change; null if its job adds a chat, or cannot
   *     be read
   */
  public record Dead(String reason, @Nullable Parent parent, long number, @Nullable String body) {}
}
