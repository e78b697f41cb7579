package dev.tally.common.partition;

/**
 * The names of one partition's Redis keys, and of its channel. They share a hash tag, so that on a
 * Redis Cluster all of them lie in one slot and one script may touch any of them.
 *
 * @param partition the partition's index, from 0
 */
public record PartitionKeys(int partition) {

  /**
   * Zset of live workers: member worker id, score expiry in epoch milliseconds. Not of any
   * partition.
   */
  public static final String WORKERS = "tally:workers";

  /**
   * String: the number of partitions that this deployment was started with. Not of any partition.
   */
  public static final String PARTITION_COUNT = "tally:partitions";

  /** String: the version of the layout of all keys, {@link RedisLayout}. Not of any partition. */
  public static final String LAYOUT = "tally:layout";

  /** Pattern of the channels that all partitions' {@link #hints} are published on. */
  public static final String ALL_HINTS = "tally:{*}:hints";

  /** What {@link #messages} has after the chat's number. */
  public static final String MESSAGES_AFTER_NUMBER = ":messages";

  /**
   * Counter (string): the highest chat number given out in an app. Its existence is how an app is
   * known.
   */
  public String chats(String token) {
    return prefix() + token + ":chats";
  }

  /**
   * Counter (string): the highest message number given out in a chat. Its existence is how a chat
   * is known.
   */
  public String messages(String token, long chat) {
    return messagesBeforeNumber(token) + chat + MESSAGES_AFTER_NUMBER;
  }

  /**
   * What {@link #messages} has before the chat's number, for a script that is about to take that
   * number.
   */
  public String messagesBeforeNumber(String token) {
    return prefix() + token + ":";
  }

  /** List: accepted jobs that no worker has claimed yet, oldest first. */
  public String jobs() {
    return prefix() + "jobs";
  }

  /**
   * List: the batch that the partition's owner has claimed and not acknowledged yet, oldest first.
   */
  public String claimed() {
    return prefix() + "claimed";
  }

  /** String with an expiry: the id of the worker that holds this partition's lease. */
  public String owner() {
    return prefix() + "owner";
  }

  /** List: jobs that can never succeed, each with its reason, oldest first. */
  public String dead() {
    return prefix() + "dead";
  }

  /** Channel: the word that messages have been persisted, for whoever streams them. */
  public String hints() {
    return prefix() + "hints";
  }

  /** String with an expiry: what an idempotency key of this app was answered with. */
  public String idempotency(String token, String key) {
    return prefix() + token + ":idempotency:" + key;
  }

  private String prefix() {
    // not formatted(): each write asks for several names
    return (partition < 10 ? "tally:{0" : "tally:{") + partition + "}:";
  }
}
