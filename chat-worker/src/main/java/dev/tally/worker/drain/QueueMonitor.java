package dev.tally.worker.drain;

import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.QueueState;
import dev.tally.worker.lease.OwnedPartitions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Measures the queues of the partitions that this worker owns. So each queue is reported once in a
 * deployment.
 */
@Component
@Profile("service")
final class QueueMonitor {

  private static final Logger log = LoggerFactory.getLogger(QueueMonitor.class);

  private final StringRedisTemplate redis;
  private final OwnedPartitions partitions;
  private final JobCodec codec;
  private final MultiGauge depth;
  private final MultiGauge bytes;
  private final MultiGauge age;
  private final MultiGauge deadLetters;

  QueueMonitor(
      StringRedisTemplate redis, OwnedPartitions partitions, JobCodec codec, MeterRegistry meters) {
    this.redis = redis;
    this.partitions = partitions;
    this.codec = codec;
    depth =
        MultiGauge.builder("tally.queue.depth")
            .description("Jobs accepted and not acknowledged")
            .register(meters);
    bytes =
        MultiGauge.builder("tally.queue.bytes")
            .description("Bytes of the jobs that no worker has claimed")
            .register(meters);
    age =
        MultiGauge.builder("tally.queue.oldest.age")
            .description("Age of the oldest job that is accepted and not acknowledged")
            .baseUnit("seconds")
            .register(meters);
    deadLetters =
        MultiGauge.builder("tally.dead.letters.waiting")
            .description("Dead letters that wait for an operator")
            .register(meters);
  }

  @Scheduled(fixedDelayString = "5s", initialDelayString = "5s")
  void measure() {
    try {
      List<MultiGauge.Row<?>> depths = new ArrayList<>();
      List<MultiGauge.Row<?>> lengths = new ArrayList<>();
      List<MultiGauge.Row<?>> ages = new ArrayList<>();
      List<MultiGauge.Row<?>> dead = new ArrayList<>();
      for (int partition : partitions.owned()) {
        QueueState state = QueueState.of(new PartitionKeys(partition), redis, codec);
        Tags tags = Tags.of("partition", Integer.toString(partition));
        depths.add(MultiGauge.Row.of(tags, state.depth()));
        lengths.add(MultiGauge.Row.of(tags, state.bytes()));
        ages.add(MultiGauge.Row.of(tags, state.oldestAge().toMillis() / 1000.0));
        dead.add(MultiGauge.Row.of(tags, state.deadLetters()));
      }
      depth.register(depths, true);
      bytes.register(lengths, true);
      age.register(ages, true);
      deadLetters.register(dead, true);
    } catch (DataAccessException e) {
      log.debug("the queues could not be measured: {}", LoggedFault.line(e));
    }
  }
}
