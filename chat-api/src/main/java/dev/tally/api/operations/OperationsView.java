package dev.tally.api.operations;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of the deployment.
 *
 * @param queue null while Redis does not answer
 * @param outboxBacklog the number of outbox rows, each a run of messages that are not searchable
 *     yet, up to {@value Operations#MAX_BACKLOG}; null while MySQL does not answer
 * @param persistedMessages the number of messages that were persisted since this API started, as
 *     hints announced them; its growth is the drain rate
 * @param openStreams the number of open streams of this API
 */
record OperationsView(
    Instant at,
    @Nullable Queue queue,
    @JsonProperty("outbox_backlog") @Nullable Long outboxBacklog,
    @JsonProperty("persisted_messages") long persistedMessages,
    @JsonProperty("open_streams") int openStreams) {

  /**
   * The queues of all partitions.
   *
   * @param depth the number of jobs that are accepted and not acknowledged
   * @param oldestAgeSeconds the age of the oldest of these jobs
   * @param deadLetters the number of rejected jobs that wait for an operator
   */
  record Queue(
      long depth,
      @JsonProperty("oldest_age_seconds") double oldestAgeSeconds,
      @JsonProperty("dead_letters") long deadLetters,
      List<Partition> partitions) {}

  /** The queue of one partition, with the same fields. */
  record Partition(
      int partition,
      long depth,
      @JsonProperty("oldest_age_seconds") double oldestAgeSeconds,
      @JsonProperty("dead_letters") long deadLetters) {}
}
