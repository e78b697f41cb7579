package dev.tally.system.faults.workload;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the servers hold once everything has come to rest.
 *
 * @param apps the rows of {@code apps}, by token
 * @param chats {@code messages_count} of each row of {@code chats}
 * @param messages the rows of {@code messages}, of each chat in number order
 * @param indexed the numbers that searches find, of each chat
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

  /** A message, as a row or as a reader saw it. */
  public record Message(long number, String body) {}
}
