package dev.tally.api.operations;

import dev.tally.api.stream.StreamActivity;
import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.QueueState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads the state of the queues and the outbox, at most once a second for all requests together. A
 * read costs the same however long a queue is, and counts a bounded number of outbox rows.
 */
@Component
class Operations {

  /** The highest number of outbox rows that a read counts. */
  static final long MAX_BACKLOG = 100_000;

  private static final String BACKLOG =
      """
      SELECT COUNT(*)
      FROM (SELECT id FROM search_outbox LIMIT :most) waiting\
      """;

  private static final Logger log = LoggerFactory.getLogger(Operations.class);
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final StringRedisTemplate redis;
  private final RedisLayout layout;
  private final JdbcClient jdbc;
  private final StreamActivity streams;
  private final JobCodec codec = new JobCodec();
  private @Nullable OperationsView latest;

  Operations(
      StringRedisTemplate redis, RedisLayout layout, JdbcClient jdbc, StreamActivity streams) {
    this.redis = redis;
    this.layout = layout;
    this.jdbc = jdbc;
    this.streams = streams;
  }

  synchronized OperationsView current() {
    OperationsView view = latest;
    if (view == null || view.at().plus(FRESH).isBefore(Instant.now())) {
      view =
          new OperationsView(
              Instant.now(),
              queue(),
              backlog(),
              streams.persistedMessages(),
              streams.openStreams());
      latest = view;
    }
    return view;
  }

  private OperationsView.@Nullable Queue queue() {
    List<OperationsView.Partition> partitions = new ArrayList<>();
    try {
      for (int i = 0; i < layout.partitions().count(); i++) {
        QueueState state = QueueState.of(new PartitionKeys(i), redis, codec);
        partitions.add(
            new OperationsView.Partition(
                i, state.depth(), state.oldestAge().toMillis() / 1000.0, state.deadLetters()));
      }
    } catch (DataAccessException e) {
      log.debug("Could not read the queues: {}", LoggedFault.line(e));
      return null;
    }
    return new OperationsView.Queue(
        partitions.stream().mapToLong(OperationsView.Partition::depth).sum(),
        partitions.stream().mapToDouble(OperationsView.Partition::oldestAgeSeconds).max().orElse(0),
        partitions.stream().mapToLong(OperationsView.Partition::deadLetters).sum(),
        partitions);
  }

  private @Nullable Long backlog() {
    try {
      return jdbc.sql(BACKLOG).param("most", MAX_BACKLOG).query(Long.class).single();
    } catch (DataAccessException e) {
      log.debug("Could not read the outbox: {}", LoggedFault.line(e));
      return null;
    }
  }
}
