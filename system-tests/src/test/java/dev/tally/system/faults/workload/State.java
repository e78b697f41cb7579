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
 * @param indexed the numbers that searches find, for each chat
 * @param counters Redis's counters
 * @param deadLetters the dead letters
 */
public record State(
    Map<String, App> apps,
    Map<Parent.Chat, Long> chats,
    Set<Parent.Chat> voidChats,
    Map<Parent.Chat, List<Message>> messages,
    Map<Parent.Chat, Set<Long>> indexed,
    Map<Parent, Long> counters,
    List<Dead> deadLetters) {

  /** A row of {@code apps}. */
  public record App(String name, long chatsCount) {}

  /**
   * A message, from its row or from a read.
   *
   * @param isVoid whether what stood there is lost, and only the number is left
   */
  public record Message(long number, String body, boolean isVoid) {

    /** A message that is there. */
    public Message(long number, String body) {
      this(number, body, false);
    }

    /** The number of a message that MySQL has lost. */
    public static Message lost(long number) {
      return new Message(number, "", true);
    }
  }

  /**
   * A dead letter.
   *
   * @param parent null if its job cannot be read
   * @param body null if its job adds a chat, or cannot be read
   */
  public record Dead(String reason, @Nullable Parent parent, long number, @Nullable String body) {}
}
