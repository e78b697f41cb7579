package dev.tally.common.redis;

import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.redis.topology.RedisMaster;
import dev.tally.common.startup.IncompatibleDataException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Checks that Redis keeps what it takes: it is a master, evicts no keys, has this version's {@link
 * RedisLayout} and, if that is required, an append-only file.
 *
 * <p>A service that finds Redis unfit at its start ends, unless Sentinels are about to name another
 * one. A running service checks once a second, because Redis may be replaced, reconfigured or
 * demoted at any time, and refuses Redis until it is fit again. So a Redis that becomes unfit may
 * still take the writes of about a second.
 *
 * <p>A Redis without {@code maxmemory} is fit with any eviction policy, because it never evicts.
 * Snapshots (RDB) are no persistence in this sense: a crash loses all writes since the last one.
 */
public final class RedisRequirements implements InitializingBean {

  private static final Logger log = LoggerFactory.getLogger(RedisRequirements.class);

  private static final String FORBIDDEN =
      """
      Redis does not let this service check whether Redis evicts keys, is a replica, or keeps an \
      append-only file: give the service's user the right to run INFO (ACL SETUSER … +info)""";

  private static final String REFUSED = "Redis is refused: {}";

  private static final String ROLE = "role";
  private static final String POLICY = "maxmemory_policy";
  private static final String LIMIT = "maxmemory";
  private static final String APPEND_ONLY = "aof_enabled";
  private static final List<String> FIELDS = List.of(ROLE, POLICY, LIMIT, APPEND_ONLY);

  private final RedisConnectionFactory connections;
  private final RedisLayout layout;
  private final boolean requirePersistence;

  /** What the last answer showed. While Redis does not answer, this stays. */
  private volatile Verdict verdict = new Fit();

  /** What is known of Redis. */
  sealed interface Verdict {}

  record Fit() implements Verdict {}

  /**
   * The reason is one line and says what to do.
   *
   * @param isPassing whether Redis becomes fit if nobody does anything
   */
  record Unfit(String reason, boolean isPassing) implements Verdict {}

  /** Redis works, but does not say enough about itself. */
  record Unchecked(String reason) implements Verdict {}

  /**
   * Requirements that nothing has been checked against yet.
   *
   * @param requirePersistence whether Redis must keep an append-only file
   */
  public RedisRequirements(
      RedisConnectionFactory connections,
      RedisLayout layout,
      boolean requirePersistence,
      MeterRegistry meters) {
    this.connections = connections;
    this.layout = layout;
    this.requirePersistence = requirePersistence;
    Gauge.builder("tally.redis.refused", () -> verdict instanceof Unfit ? 1 : 0)
        .description("1 while this service refuses Redis because Redis may lose accepted writes")
        .register(meters);
    Gauge.builder("tally.redis.unchecked", () -> verdict instanceof Unchecked ? 1 : 0)
        .description("1 while this service cannot check whether Redis may lose accepted writes")
        .register(meters);
  }

  /**
   * Checks Redis at the start of the service. A Redis that is not reachable yet is checked later.
   *
   * @throws IncompatibleDataException if Redis is unfit
   */
  @Override
  public void afterPropertiesSet() {
    ask();
    switch (verdict) {
      case Fit _ -> {}
      case Unfit(String reason, boolean isPassing) -> {
        if (!isPassing) {
          throw new IncompatibleDataException(reason);
        }
        log.warn(REFUSED, reason);
      }
      case Unchecked(String reason) -> log.warn("{}", reason);
    }
  }

  /**
   * Costs no round trip.
   *
   * @throws UnfitRedisException if Redis was unfit when it was last checked
   */
  public void require() {
    if (verdict instanceof Unfit(String reason, _)) {
      throw new UnfitRedisException(reason);
    }
  }

  Verdict verdict() {
    return verdict;
  }

  /** Checks Redis now. */
  @Scheduled(fixedDelayString = "1s", initialDelayString = "1s")
  public void check() {
    Verdict before = verdict;
    ask();
    if (!verdict.equals(before)) {
      switch (verdict) {
        case Fit _ -> log.info("Redis meets all requirements again");
        case Unfit(String reason, _) -> log.error(REFUSED, reason);
        case Unchecked(String reason) -> log.warn("{}", reason);
      }
    }
  }

  private void ask() {
    try {
      verdict = judge();
    } catch (DataAccessException e) {
      log.debug("Redis does not answer and is not checked: {}", LoggedFault.line(e));
    }
  }

  private Verdict judge() {
    Verdict ofServers = judgeServers();
    if (ofServers instanceof Unfit) {
      return ofServers;
    }
    try {
      layout.partitions();
      return ofServers;
    } catch (IncompatibleDataException e) {
      return new Unfit(
          Objects.requireNonNullElse(e.getMessage(), "Redis has another layout"), false);
    }
  }

  private Verdict judgeServers() {
    List<RedisMaster> masters;
    try (RedisConnection connection = connections.getConnection()) {
      masters = RedisMaster.all(connection, "default");
    } catch (DataAccessException e) {
      if (RedisError.text(e).startsWith("NOPERM")) {
        return new Unchecked(FORBIDDEN);
      }
      throw e;
    }
    for (RedisMaster master : masters) {
      if ("slave".equals(master.field(ROLE))) {
        return replica(master);
      }
      String fault = fault(master);
      if (fault != null) {
        return new Unfit(fault, false);
      }
    }
    return completeness(masters);
  }

  private Verdict replica(RedisMaster replica) {
    if (connections instanceof LettuceConnectionFactory lettuce && lettuce.isRedisSentinelAware()) {
      return new Unfit(
          """
          the server that the Sentinels name is a replica, and only its master takes writes: this \
          service waits until the Sentinels name another one""",
          true);
    }
    return new Unfit(
        "%s is a replica, and only its master takes writes: set TALLY_REDIS_URL to the master"
            .formatted(replica.name()),
        false);
  }

  /** What keeps a server from being fit, null if nothing does. */
  private @Nullable String fault(RedisMaster master) {
    String policy = Objects.requireNonNullElse(master.field(POLICY), "noeviction");
    String limit = Objects.requireNonNullElse(master.field(LIMIT), "0");
    if (!policy.equals("noeviction") && !limit.equals("0")) {
      return """
      %s evicts keys (maxmemory-policy %s), which loses accepted writes and repeats others: set its \
      maxmemory-policy to noeviction"""
          .formatted(master.name(), policy);
    }
    if (requirePersistence && "0".equals(master.field(APPEND_ONLY))) {
      return """
      %s has no append-only file, so its next crash loses accepted writes: set its appendonly to yes, \
      or TALLY_REDIS_REQUIRE_PERSISTENCE to false"""
          .formatted(master.name());
    }
    return null;
  }

  /** Some services that speak Redis' protocol tell less about themselves. */
  private Verdict completeness(List<RedisMaster> masters) {
    for (RedisMaster master : masters) {
      for (String field : FIELDS) {
        if (master.field(field) == null && (requirePersistence || !field.equals(APPEND_ONLY))) {
          return new Unchecked(
              "the answer of %s to INFO has no %s, so this service does not check it"
                  .formatted(master.name(), field));
        }
      }
    }
    return new Fit();
  }
}
