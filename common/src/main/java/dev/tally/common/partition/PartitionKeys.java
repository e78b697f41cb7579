package dev.tally.common.partition;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import java.util.List;

/**
 * The names of one partition's Redis keys and channel. They share a hash tag, so on a Redis Cluster
 * all of them lie in one slot, and one script may use any of them.
 *
 * @param partition the partition's index, from 0
 */
public record PartitionKeys(int partition) {

  /**
   * Sorted set of live workers, for the whole deployment: the member is the worker's id, the score
   * its expiry in epoch milliseconds.
   */
  public static final String WORKERS = "tally:workers";

  /** String, for the whole deployment: the number of partitions that it was first started with. */
  public static final String PARTITION_COUNT = "tally:partitions";

  /** String, for the whole deployment: the version of the keys' {@link RedisLayout}. */
  public static final String LAYOUT = "tally:layout";

  /** The pattern that matches the {@link #hints} channels of all partitions. */
  public static final String ALL_HINTS = "tally:{*}:hints";

  /** The part of {@link #messages} after the chat's number. */
  public static final String MESSAGES_AFTER_NUMBER = ":messages";

  /** The part of {@link #jobs} after the app's token. */
  public static final String JOBS_AFTER_TOKEN = ":jobs";

  /** The part of {@link #records} after the app's token. */
  public static final String BEFORE_SLICE = ":records:";

  /** The part of the name of a shard of {@link #records} before the shard's own. */
  private static final String BEFORE_SHARD = ":";

  /** The field of {@link #records} that is no record. */
  public static final String MORE = "more";

  /**
   * The fields of {@link #state} with the number of idempotency records of each slice of time,
   * after the time when they expire in epoch milliseconds.
   */
  public static final List<String> RECORDS = List.of("records0", "records1", "records2");

  /** The field of a counter with the highest number given out. */
  public static final String NUMBERS = "numbers";

  /**
   * The field of a chat's counter with the highest number given out to a change. Without it, Redis
   * does not know that number: a gateway that knows no changes has set the counter.
   */
  public static final String CHANGES = "changes";

  /**
   * The field of an app's counter of {@link #chats} with its access state, {@link #OPEN} or {@link
   * #DELETED}. Without it, or with another epoch than the partition's, the state is unknown, and
   * nothing is accepted in the app: a gateway that knows no access states has set the counter.
   */
  public static final String ACCESS = "access";

  /** The {@link #ACCESS} of an app that takes writes. */
  public static final String OPEN = "open";

  /** The {@link #ACCESS} of an app that takes no writes any more. */
  public static final String DELETED = "deleted";

  /** The field of a counter with the epoch that it belongs to; without it, that is 0. */
  public static final String EPOCH = "epoch";

  /** The field of {@link #state} with the number of jobs that wait. */
  public static final String JOBS = "jobs";

  /** The field of {@link #state} with the length of the jobs that wait, in bytes. */
  public static final String BYTES = "bytes";

  /** The field of {@link #state} with the number of jobs that have been accepted. */
  public static final String POSITION = "position";

  /** The field of {@link #state} with the number of jobs that are done. */
  public static final String ACKNOWLEDGED = "acknowledged";

  /** The field of {@link #state} with the name of the Redis process that was checked last. */
  public static final String RUN = "run";

  /** The field of {@link #state} that says how often another Redis process has taken a term. */
  public static final String TERM = "term";

  /** The field of {@link #state} with the name of the Redis process that took the term. */
  public static final String TERM_RUN = "term_run";

  /**
   * Counter (hash): {@link #NUMBERS} is the highest chat number given out in an app, {@link
   * #ACCESS} says whether the app takes writes. Without the first, Redis does not know the app.
   */
  public String chats(AppToken app) {
    return beforeToken() + app.value() + ":chats";
  }

  /**
   * Counter (hash): {@link #NUMBERS} is the highest message number given out in a chat, {@link
   * #CHANGES} the highest number of a change. Without the first, Redis does not know the chat.
   */
  public String messages(ChatName chat) {
    return messagesBeforeNumber(chat.app()) + chat.number() + MESSAGES_AFTER_NUMBER;
  }

  /**
   * The part of {@link #messages} before the chat's number, for the script that takes that number.
   */
  public String messagesBeforeNumber(AppToken app) {
    return beforeToken() + app.value() + ":";
  }

  /** List: an app's accepted jobs that no worker has claimed yet, oldest first. */
  public String jobs(AppToken app) {
    return beforeToken() + app.value() + JOBS_AFTER_TOKEN;
  }

  /**
   * The part of {@link #jobs} and of the counters' names before the app's token, for the script
   * that finds tokens in the {@link #ring}.
   */
  public String beforeToken() {
    return prefix();
  }

  /**
   * List: the tokens of the apps that have {@link #jobs}, each once. Apps take turns; the next turn
   * is the first one's.
   */
  public String ring() {
    return prefix() + "ring";
  }

  /** List: jobs of dead letters that an operator retries, oldest first. They are claimed first. */
  public String retried() {
    return prefix() + "retried";
  }

  /**
   * Hash, the state of the partition:
   *
   * <ul>
   *   <li>how many jobs wait in all lists of {@link #jobs} and in {@link #retried}, {@link #JOBS},
   *       and how long they are together, {@link #BYTES}
   *   <li>{@code position}: how many jobs have been accepted; {@code acknowledged}: how many of
   *       them are done. The rest is claimed or waits.
   *   <li>{@code epoch}: counters of a lower one are unknown
   *   <li>{@code run}: the Redis process that was checked last, and {@code checked}, the position
   *       then. Another process accepts and hands out nothing before it is checked.
   *   <li>{@code term}: how often another process was checked with MySQL, and {@code term_run}, the
   *       last one. Another process hands out nothing before it has taken a term, and what was
   *       claimed from an earlier one is not persisted.
   *   <li>{@link #RECORDS}: how many idempotency records there are, for a metric
   * </ul>
   */
  public String state() {
    return prefix() + "state";
  }

  /**
   * String: what makes a gateway of an older layout fail on its type before it gives out a number.
   * The key was the list of all jobs in layout 2, and a hash of counts in layout 3.
   */
  public String barrier() {
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

  /** Channel: {@link dev.tally.common.hint.Hint}s that messages are persisted. */
  public String hints() {
    return prefix() + "hints";
  }

  /**
   * Hashes with an expiry: an app's idempotency records, one hash for each slice of time. A field
   * is a key's name, its value the request and its answer. If a hash has no room for more, {@link
   * #MORE} says how many records its {@link #shards} have.
   */
  public List<String> records(AppToken app) {
    String beforeSlice = beforeToken() + app.value() + BEFORE_SLICE;
    return List.of(beforeSlice + "0", beforeSlice + "1", beforeSlice + "2");
  }

  /** Hashes with an expiry: this shard of each of an app's {@link #records}. */
  public List<String> shards(AppToken app, char shard) {
    return records(app).stream().map(records -> records + BEFORE_SHARD + shard).toList();
  }

  private String prefix() {
    // Each write builds several names, and formatted() is slow.
    return (partition < 10 ? "tally:{0" : "tally:{") + partition + "}:";
  }
}
