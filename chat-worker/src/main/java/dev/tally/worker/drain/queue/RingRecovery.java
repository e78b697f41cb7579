package dev.tally.worker.drain.queue;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.redis.BytesRedisTemplate;
import dev.tally.common.redis.KeyScan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Finds jobs of apps that get no turn, because somebody deleted the ring or wrote to it; runs
 * {@code lua/relist.lua}. An app comes into the ring with its first waiting job only, so its jobs
 * would wait for ever.
 */
final class RingRecovery {

  private static final Logger log = LoggerFactory.getLogger(RingRecovery.class);

  @SuppressWarnings("rawtypes") // a class literal has no type arguments
  private static final RedisScript<List> RELIST =
      RedisScript.of(new ClassPathResource("lua/relist.lua"), List.class);

  /** Apps in one call of the script. */
  private static final int APPS = 1_000;

  private final BytesRedisTemplate redis;
  private final KeyScan scan;
  private final GoneJobs goneJobs;

  RingRecovery(BytesRedisTemplate redis, KeyScan scan, GoneJobs goneJobs) {
    this.redis = redis;
    this.scan = scan;
    this.goneJobs = goneJobs;
  }

  /**
   * Looks at all keys in Redis, in small steps: a second for some million keys.
   *
   * @return how many accepted jobs are neither done nor in Redis; each is counted once
   * @throws org.springframework.dao.DataAccessException if Redis does not answer, or if there is no
   *     job and MySQL does not; may be repeated
   */
  long recover(PartitionKeys keys) {
    List<AppToken> apps = List.copyOf(appsWithJobs(keys));
    long listed = 0;
    int done = 0;
    List<?> answer;
    do {
      List<AppToken> some = apps.subList(done, Math.min(done + APPS, apps.size()));
      answer = relist(keys, some);
      listed += (Long) answer.getFirst();
      done += some.size();
    } while (done < apps.size());
    boolean isEmpty = listed == 0 && (Long) answer.get(1) == 1;
    log.warn(
        """
        partition {}: the counts say that jobs wait, and the ring has no app with jobs, so somebody \
        wrote to Tally's keys in Redis; {} apps with jobs get turns again""",
        keys.partition(),
        listed);
    return isEmpty ? goneJobs.settle(keys, empty(answer)) : 0;
  }

  private List<?> relist(PartitionKeys keys, List<AppToken> apps) {
    String state = keys.state();
    String ring = keys.ring();
    String retried = keys.retried();
    String claimed = keys.claimed();
    List<byte[]> arguments = new ArrayList<>(2 + apps.size());
    arguments.add(utf8(keys.beforeToken()));
    arguments.add(utf8(PartitionKeys.JOBS_AFTER_TOKEN));
    apps.forEach(app -> arguments.add(utf8(app.value())));
    return redis.execute(RELIST, List.of(state, ring, retried, claimed), arguments.toArray());
  }

  private static GoneJobs.Empty empty(List<?> answer) {
    return new GoneJobs.Empty((Long) answer.get(2), (Long) answer.get(3), (Long) answer.get(4));
  }

  private Set<AppToken> appsWithJobs(PartitionKeys keys) {
    Set<AppToken> apps = new LinkedHashSet<>();
    scan.forEach(
        keys.beforeToken() + "*" + PartitionKeys.JOBS_AFTER_TOKEN,
        name ->
            AppToken.parse(
                    name.substring(
                        keys.beforeToken().length(),
                        name.length() - PartitionKeys.JOBS_AFTER_TOKEN.length()))
                .ifPresent(apps::add));
    return apps;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
