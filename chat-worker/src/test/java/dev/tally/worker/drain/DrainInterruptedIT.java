package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.worker.WorkerFixture;
import dev.tally.worker.lease.OwnedPartitions;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessException;

/** Jobs become rows although workers come and go, and servers are away. */
class DrainInterruptedIT {

  private static WorkerFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new WorkerFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void workersShareThePartitionsAndTakeThemOver() {
    OwnedPartitions ours = fixture.worker.getBean(OwnedPartitions.class);
    WorkerFixture.await(() -> ours.owned().size() == 16);
    try (ConfigurableApplicationContext second = fixture.start()) {
      OwnedPartitions theirs = second.getBean(OwnedPartitions.class);
      WorkerFixture.await(() -> ours.owned().size() == 8 && theirs.owned().size() == 8);
      Set<Integer> all = new HashSet<>(ours.owned());
      all.addAll(theirs.owned());
      assertThat(all).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 16).boxed().toList());
      for (int i = 0; i < 20; i++) {
        String app = fixture.app();
        fixture.queue(app, fixture.chatJob(app, 1), fixture.messageJob(app, 1, 1, "shared"));
        fixture.awaitDrained(app);
        assertThat(fixture.messages(app, 1)).containsExactly("1:shared");
      }
    }
    WorkerFixture.await(() -> ours.owned().size() == 16);
  }

  @Test
  void aWorkerThatIsToldToStopFinishesItsBatch() throws Exception {
    ConfigurableApplicationContext stopped = fixture.start(WorkerFixture.LEASE_DURATION + "20s");
    OwnedPartitions owned = stopped.getBean(OwnedPartitions.class);
    Counter lost =
        stopped.getBean(MeterRegistry.class).counter("tally.lease.changes", "change", "lost");
    try (Connection connection = fixture.servers.mysql();
        Statement statement = connection.createStatement()) {
      WorkerFixture.await(() -> owned.owned().size() == 8);
      String app = fixture.app();
      while (!owned.owned().contains(fixture.keys(app).partition())) {
        app = fixture.app();
      }
      connection.setAutoCommit(false);
      statement.executeQuery("SELECT id FROM apps WHERE token = '" + app + "' FOR UPDATE");
      fixture.queue(app, fixture.chatJob(app, 1), fixture.messageJob(app, 1, 1, "a"));
      WorkerFixture.await(DrainInterruptedIT::aTransactionWaitsForALock);

      Thread stop = Thread.ofVirtual().start(stopped::close);
      WorkerFixture.await(() -> owned.owned().isEmpty());
      connection.rollback();
      stop.join();

      assertThat(fixture.messages(app, 1)).containsExactly("1:a");
      assertThat(fixture.isDrained(app)).isTrue();
      assertThat(lost.count()).as("leases that were not released").isZero();
    } finally {
      stopped.close();
    }
  }

  private static boolean aTransactionWaitsForALock() {
    return fixture
            .mysql
            .sql("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")
            .query(Long.class)
            .single()
        > 0;
  }

  @Test
  void jobsWaitForMySql() {
    Server mariaDb = fixture.servers.killable(ServerKind.MARIADB);
    String app = fixture.app();
    mariaDb.kill();
    try {
      fixture.queue(app, fixture.chatJob(app, 1), fixture.messageJob(app, 1, 1, "patient"));
      WorkerFixture.await(() -> fixture.redis.opsForList().size(fixture.keys(app).claimed()) == 2);
    } finally {
      mariaDb.start();
    }

    fixture.awaitDrained(app);

    assertThat(fixture.messages(app, 1)).containsExactly("1:patient");
    assertThat(fixture.chatsCount(app)).isEqualTo(1);
    assertThat(fixture.deadLetters(app)).isEmpty();
  }

  @Test
  void drainingGoesOnWhenRedisIsBack() {
    Server redis = fixture.servers.killable(ServerKind.REDIS);
    String app = fixture.app();
    fixture.queue(app, fixture.chatJob(app, 1));
    fixture.awaitDrained(app);
    redis.kill();
    redis.start();

    WorkerFixture.await(
        () -> {
          try {
            return fixture.redis.opsForList().size(fixture.keys(app).jobs(new AppToken(app))) == 0;
          } catch (DataAccessException e) {
            return false;
          }
        });
    fixture.queue(app, fixture.messageJob(app, 1, 1, "back"));
    fixture.awaitDrained(app);

    assertThat(fixture.messages(app, 1)).containsExactly("1:back");
  }
}
