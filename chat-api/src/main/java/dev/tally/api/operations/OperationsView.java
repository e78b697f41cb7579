package dev.tally.api.operations;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the deployment stands.
 *
 * @param queue null while Redis is away
 * @param outboxBacklog runs of messages that are not searchable yet, counted up to {@value
 *     Operations#MAX_BACKLOG}; null while MySQL is away
 * @param persistedMessages how many messages this API has seen become persisted since it started:
 *     its growth is the drain rate
 * @param openStreams streams of this API
 */
record OperationsView(
    Instant at,
    @Nullable Queue queue,
    @JsonProperty("outbox_backlog") @Nullable Long outboxBacklog,
    @JsonProperty("persisted_messages") long persistedMessages,
    @JsonProperty("open_streams") int openStreams) {

  /**
   * All partitions' queues together, and each.
   *
   * @param depth jobs accepted and not acknowledged
   * @param oldestAgeSeconds of the oldest of them
   * @param deadLetters jobs that wait for an operator
   */
  record Queue(
      long depth,
      @JsonProperty("oldest_age_seconds") double oldestAgeSeconds,
      @JsonProperty("dead_letters") long deadLetters,
      List<Partition> partitions) {}

  /** One partition's queue, with the same fields. */
  record Partition(
      int partition,
      long depth,
      @JsonProperty("oldest_age_seconds") double oldestAgeSeconds,
      @JsonProperty("dead_letters") long deadLetters) {}
}
