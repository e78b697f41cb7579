package dev.tally.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Sentinels replace a primary, which comes back as a replica. */
class ReplicatedRedisIT {

  private static final Duration FAILOVER = Duration.ofMinutes(2);

  private Path data;
  private ReplicatedRedis redis;

  @BeforeEach
  void start(@TempDir Path temp) {
    // The space finds paths that are not quoted.
    data = temp.resolve("a folder");
    redis = ReplicatedRedis.start(data, 2);
  }

  @AfterEach
  void close() {
    redis.close();
    assertThat(Processes.of(data)).isEmpty();
  }

  @Test
  void aKilledPrimaryComesBackAsAReplica() throws Exception {
    Server old = redis.primary();
    assertThat(old).isSameAs(redis.servers().getFirst());
    Client.write(old, "before");
    redis.awaitReplicas();

    old.kill();
    awaitAnotherThan(old);
    Server primary = redis.primary();
    assertThat(Client.read(primary)).isEqualTo("before");
    Client.write(primary, "after");
    old.start();

    redis.awaitReplicas();
    assertThat(redis.replicas()).contains(old).doesNotContain(primary).hasSize(2);
    assertThat(Client.read(old)).isEqualTo("after");
    assertThat(Client.redis(old, "CONFIG GET appendfsync")).isEqualTo("always");

    // The server has kept its role without the Sentinels' help.
    redis.watchers().forEach(Server::freeze);
    try {
      old.kill();
      old.start();
      assertThat(Client.redis(old, "SET word lost")).startsWith("-READONLY");
    } finally {
      redis.watchers().forEach(Server::thaw);
    }
  }

  @Test
  void aFrozenPrimaryIsAReplicaWhenItContinues() throws Exception {
    Server old = redis.primary();

    old.freeze();
    try {
      awaitAnotherThan(old);
      Client.write(redis.primary(), "meanwhile");
    } finally {
      old.thaw();
    }

    redis.awaitReplicas();
    assertThat(redis.replicas()).contains(old);
    assertThat(Client.read(old)).isEqualTo("meanwhile");
  }

  @Test
  void aSentinelThatIsStartedAgainStillKnowsThePrimary() {
    Server watcher = redis.watchers().getFirst();

    watcher.kill();
    redis.awaitReplicas();
    watcher.start();

    assertThat(Client.redis(watcher, "SENTINEL GET-MASTER-ADDR-BY-NAME " + redis.master()))
        .isEqualTo(Integer.toString(redis.primary().port()));
    assertThat(redis.sentinels()).contains("127.0.0.1:" + watcher.port());
  }

  private void awaitAnotherThan(Server old) {
    await().atMost(FAILOVER).untilAsserted(() -> assertThat(redis.primary()).isNotSameAs(old));
  }
}
