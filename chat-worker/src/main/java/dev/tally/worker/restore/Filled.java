package dev.tally.worker.restore;

/**
 * Void rows that were written in place of what MySQL has lost.
 *
 * @param chats how many void chats
 * @param messages how many void messages
 * @param changes how many void changes
 */
public record Filled(long chats, long messages, long changes) {

  static final Filled NOTHING = new Filled(0, 0, 0);

  Filled plus(Filled other) {
    return new Filled(chats + other.chats, messages + other.messages, changes + other.changes);
  }
}
