package dev.tally.common.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.startup.IncompatibleDataException;
import dev.tally.stack.RedisCluster;
import dev.tally.stack.ReplicatedRedis;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisClusterNode;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

class RedisRequirementsIT {

  private static final Logger LOG = (Logger) LoggerFactory.getLogger(RedisRequirements.class);
  private static final long PLENTY = 1L << 30;

  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private TestServers servers;
  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;

  @BeforeEach
  void connect() {
    servers = TestServers.wiped();
    connections = servers.redis(Duration.ofSeconds(1));
    redis = new StringRedisTemplate(connections);
    logged.start();
    LOG.addAppender(logged);
  }

  @AfterEach
  void restore() {
    LOG.detachAppender(logged);
    tell("REPLICAOF", "NO", "ONE");
    configure("maxmemory-policy", "noeviction");
    configure("appendonly", "yes");
    servers.redisMaxMemory(0);
    connections.destroy();
  }

  @ParameterizedTest
  @ValueSource(strings = {"volatile-lru", "volatile-ttl", "allkeys-lru", "allkeys-random"})
  void anEvictingRedisIsRefused(String policy) {
    servers.redisMaxMemory(PLENTY);
    configure("maxmemory-policy", policy);

    assertThatThrownBy(requirements(false)::afterPropertiesSet)
        .isInstanceOf(IncompatibleDataException.class)
        .hasMessage(
            """
            Redis evicts keys (maxmemory-policy %s), which loses accepted writes and repeats others: \
            set its maxmemory-policy to noeviction"""
                .formatted(policy));
    assertThat(logged.list).isEmpty();
  }

  @Test
  void aRedisWithoutALimitEvictsNothing() {
    servers.redisMaxMemory(0);
    configure("maxmemory-policy", "volatile-lru");

    assertThatCode(requirements(true)::afterPropertiesSet).doesNotThrowAnyException();
  }

  @Test
  void aReplicaIsRefused() {
    tell("REPLICAOF", "127.0.0.1", "1");

    assertThatThrownBy(requirements(false)::afterPropertiesSet)
        .isInstanceOf(IncompatibleDataException.class)
        .hasMessage(
            "Redis is a replica, and only its master takes writes: set TALLY_REDIS_URL to the master");
  }

  @Test
  void anAppendOnlyFileIsRequiredWherePersistenceIs() {
    configure("appendonly", "no");

    assertThatCode(requirements(false)::afterPropertiesSet).doesNotThrowAnyException();
    assertThatThrownBy(requirements(true)::afterPropertiesSet)
        .isInstanceOf(IncompatibleDataException.class)
        .hasMessageContaining("set its appendonly to yes, or TALLY_REDIS_REQUIRE_PERSISTENCE")
        .hasMessageNotContaining("\n");
  }

  @Test
  void aRedisThatTurnsUnfitIsRefusedUntilItIsFitAgain() {
    RedisRequirements requirements = requirements(false);
    requirements.afterPropertiesSet();
    assertThatCode(requirements::require).doesNotThrowAnyException();

    servers.redisMaxMemory(PLENTY);
    configure("maxmemory-policy", "volatile-lru");
    requirements.check();
    requirements.check();

    assertThatThrownBy(requirements::require)
        .isInstanceOf(UnfitRedisException.class)
        .hasMessageContaining("evicts keys");
    assertThat(refused()).isEqualTo(1);
    assertThat(health(requirements).getStatus()).isEqualTo(Status.DOWN);
    assertThat(log()).singleElement().asString().startsWith("Redis is refused: Redis evicts keys");

    configure("maxmemory-policy", "noeviction");
    requirements.check();

    assertThatCode(requirements::require).doesNotThrowAnyException();
    assertThat(refused()).isZero();
    assertThat(health(requirements).getStatus()).isEqualTo(Status.UP);
    assertThat(log()).last().isEqualTo("Redis meets all requirements again");
  }

  @Test
  void aRedisThatIsAwayAtTheStartIsCheckedLater() {
    RedisRequirements requirements = requirements(false);
    Server server = servers.killable(ServerKind.REDIS);
    server.kill();
    try {
      assertThatCode(requirements::afterPropertiesSet).doesNotThrowAnyException();
      assertThat(health(requirements).getStatus()).isEqualTo(Status.DOWN);
    } finally {
      server.start();
    }
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> health(requirements).getStatus().equals(Status.UP));
    redis.opsForValue().set("tally:layout", "99");

    requirements.check();

    assertThatThrownBy(requirements::require)
        .isInstanceOf(UnfitRedisException.class)
        .hasMessageContaining("layout 99");
  }

  @Test
  void aUserWithoutTheRightToAskWorksUnchecked() {
    tell("ACL", "SETUSER", "limited", "on", ">secret", "~*", "&*", "+@all", "-info");
    RedisStandaloneConfiguration server =
        new RedisStandaloneConfiguration(connections.getHostName(), connections.getPort());
    server.setUsername("limited");
    server.setPassword("secret");
    LettuceConnectionFactory limited = new LettuceConnectionFactory(server);
    limited.afterPropertiesSet();
    limited.start();
    try {
      RedisRequirements requirements = requirements(limited, true);
      requirements.afterPropertiesSet();
      requirements.check();

      assertThatCode(requirements::require).doesNotThrowAnyException();
      assertThat(log())
          .singleElement()
          .asString()
          .contains("give the service's user the right to run INFO");
      assertThat(meters.get("tally.redis.unchecked").gauge().value()).isEqualTo(1);
      Health health = new RedisHealth(limited, requirements).health();
      assertThat(health.getStatus()).isEqualTo(Status.UP);
      assertThat(health.getDetails()).containsKey("unchecked");
    } finally {
      limited.destroy();
      tell("ACL", "SETUSER", "limited", "reset");
    }
  }

  @Test
  void eachMasterOfAClusterThatAnswersIsChecked(@TempDir Path folder) {
    RedisCluster cluster = RedisCluster.start(folder, 3);
    LettuceConnectionFactory all =
        new LettuceConnectionFactory(
            new RedisClusterConfiguration(List.of(cluster.addresses().split(","))),
            LettuceClientConfiguration.builder().commandTimeout(Duration.ofSeconds(1)).build());
    all.afterPropertiesSet();
    all.start();
    try {
      RedisRequirements requirements = requirements(all, true);
      requirements.afterPropertiesSet();
      cluster.nodes().getFirst().kill();
      RedisClusterNode evicting =
          new RedisClusterNode("127.0.0.1", cluster.nodes().getLast().port());
      try (RedisClusterConnection connection = all.getClusterConnection()) {
        connection.serverCommands().setConfig(evicting, "maxmemory-policy", "allkeys-lru");
      }

      requirements.check();

      assertThatThrownBy(requirements::require)
          .hasMessageStartingWith("the Redis node %s evicts keys".formatted(evicting.asString()));
    } finally {
      all.destroy();
      cluster.close();
    }
  }

  @Test
  void aServiceThatStartsDuringAFailoverWaitsForIt(@TempDir Path folder) {
    ReplicatedRedis group = ReplicatedRedis.start(folder, 1);
    LettuceConnectionFactory named =
        new LettuceConnectionFactory(
            new RedisSentinelConfiguration(group.master(), Set.of(group.sentinels().split(","))));
    named.afterPropertiesSet();
    named.start();
    try {
      String other = Integer.toString(group.replicas().getFirst().port());
      tell(named, "REPLICAOF", "127.0.0.1", other);
      RedisRequirements requirements = requirements(named, true);
      requirements.afterPropertiesSet();

      assertThatThrownBy(requirements::require)
          .isInstanceOf(UnfitRedisException.class)
          .hasMessage(
              """
              the server that the Sentinels name is a replica, and only its master takes writes: this \
              service waits until the Sentinels name another one""");
      assertThat(refused()).isEqualTo(1);
      assertThat(log()).singleElement().asString().startsWith("Redis is refused: the server");

      tell(named, "REPLICAOF", "NO", "ONE");
      requirements.check();

      assertThatCode(requirements::require).doesNotThrowAnyException();
    } finally {
      named.destroy();
      group.close();
    }
  }

  private RedisRequirements requirements(boolean persistence) {
    return requirements(connections, persistence);
  }

  private RedisRequirements requirements(LettuceConnectionFactory to, boolean persistence) {
    RedisLayout layout = new RedisLayout(new StringRedisTemplate(to), new Partitions(16), _ -> {});
    return new RedisRequirements(to, layout, persistence, meters);
  }

  private Health health(RedisRequirements requirements) {
    return new RedisHealth(connections, requirements).health();
  }

  private double refused() {
    return meters.get("tally.redis.refused").gauge().value();
  }

  private List<String> log() {
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private void configure(String setting, String value) {
    tell("CONFIG", "SET", setting, value);
  }

  private void tell(String command, String... arguments) {
    tell(connections, command, arguments);
  }

  private static void tell(LettuceConnectionFactory to, String command, String... arguments) {
    byte[][] bytes = new byte[arguments.length][];
    for (int i = 0; i < arguments.length; i++) {
      bytes[i] = arguments[i].getBytes(StandardCharsets.US_ASCII);
    }
    new StringRedisTemplate(to)
        .execute((RedisCallback<?>) connection -> connection.execute(command, bytes));
  }
}
