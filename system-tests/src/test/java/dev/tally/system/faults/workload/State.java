package dev.tally.system.faults.workload;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The data of the servers after all work is done.
 *
 * @param apps the rows of {@code apps}, by token
 * @param chats {@code messages_count} of each row of {@code chats}
 * @param messages the rows of {@code messages}, for each chat in number order
 * @param indexed the numbers that searches find, for each chat
 * @param counters Redis's counters
 * @param deadLetters the reason of each dead letter
 */
public record State(
    Map<String, App> apps,
    Map<Parent.Chat, Long> chats,
    Map<Parent.Chat, List<Message>> messages,
    Map<Parent.Chat, Set<Long>> indexed,
    Map<Parent, Long> counters,
    List<String> deadLetters) {

  /** A row of {@code apps}. */
  public record App(String name, long chatsCount) {}

  /** A message, from its row or from a read. */
  public record Message(long number, String body) {}
}
