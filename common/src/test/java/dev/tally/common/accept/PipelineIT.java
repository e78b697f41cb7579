package dev.tally.common.accept;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.TestServers;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Calls that are sent together, with and without answers from Redis. */
class PipelineIT {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final String ECHO = "return {ARGV[1]}";
  private static final String COUNT = "return {redis.call('INCR', 'count')}";

  private TestServers servers;
  private LettuceConnectionFactory connections;
  private Pipeline pipeline;

  @BeforeEach
  void connect() {
    servers = TestServers.wiped();
    connections = servers.redis(TIMEOUT);
    pipeline = new Pipeline(connections);
  }

  @AfterEach
  void disconnect() {
    pipeline.destroy();
    connections.destroy();
  }

  @Test
  void eachCallGetsItsOwnAnswer() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        String own = "call " + i;
        answers.add(callers.submit(() -> text(call(ECHO, own))));
      }
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get()).isEqualTo("call " + i);
      }
    }
  }

  @Test
  void aCallThatFailsFailsAlone() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Object>>> bad = new ArrayList<>();
      List<Future<List<Object>>> good = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        bad.add(callers.submit(() -> call("return redis.call('NONE')", "")));
        good.add(callers.submit(() -> call(ECHO, "x")));
      }
      for (Future<List<Object>> one : good) {
        assertThat(text(one.get())).isEqualTo("x");
      }
      for (Future<List<Object>> one : bad) {
        assertThatThrownBy(one::get).hasCauseInstanceOf(DataAccessException.class);
      }
    }
  }

  @Test
  void aCallGivenUpBeforeItsTurnIsNeverSent() throws Exception {
    call(COUNT, "");
    Server redis = servers.killable(ServerKind.REDIS);
    redis.freeze();
    List<Thread> underWay;
    Thread waiting;
    try {
      underWay = List.of(counting(), counting());
      waiting = counting();
      waiting.interrupt();
      waiting.join();
    } finally {
      redis.thaw();
    }
    for (Thread thread : underWay) {
      thread.join();
    }
    assertThat(call(COUNT, "")).containsExactly(4L);
  }

  private Thread counting() throws InterruptedException {
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    call(COUNT, "");
                  } catch (DataAccessException e) {
                    // The interrupted call ends here.
                  }
                });
    await().until(thread::getState, Thread.State.TIMED_WAITING::equals);
    return thread;
  }

  @Test
  void aFrozenRedisIsWaitedForUntilTheTimeout() throws Exception {
    call(ECHO, "x");
    Server redis = servers.killable(ServerKind.REDIS);
    redis.freeze();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Object>>> answers = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        answers.add(callers.submit(() -> call(ECHO, "x")));
      }
      for (Future<List<Object>> answer : answers) {
        assertThatThrownBy(answer::get).hasCauseInstanceOf(QueryTimeoutException.class);
      }
    } finally {
      redis.thaw();
    }
    assertThat(text(call(ECHO, "again"))).isEqualTo("again");
  }

  @Test
  void aRedisThatIsGoneIsNotWaitedFor() {
    call(ECHO, "x");
    Server redis = servers.killable(ServerKind.REDIS);
    redis.kill();
    try {
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> call(ECHO, "x"))
                      .isInstanceOf(RedisConnectionFailureException.class));
    } finally {
      redis.start();
    }
    await()
        .ignoreExceptionsInstanceOf(DataAccessException.class)
        .untilAsserted(() -> assertThat(text(call(ECHO, "back"))).isEqualTo("back"));
  }

  @Test
  void aCallToAReplicaIsAnsweredOnceItIsPromoted() throws Exception {
    call(ECHO, "x");
    replicate("127.0.0.1", "1");
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Object>> answer = callers.submit(() -> call(COUNT, ""));
      await().pollDelay(Duration.ofMillis(300)).until(() -> true);
      replicate("NO", "ONE");
      assertThat(answer.get()).containsExactly(1L);
    } finally {
      replicate("NO", "ONE");
    }
  }

  private void replicate(String host, String port) {
    try (RedisConnection connection = connections.getConnection()) {
      connection.execute("REPLICAOF", host.getBytes(UTF_8), port.getBytes(UTF_8));
    }
  }

  private List<Object> call(String script, String argument) {
    return pipeline.call(
        CommandType.EVAL,
        new CommandArgs<>(ByteArrayCodec.INSTANCE)
            .add(script)
            .add(0)
            .addValue(argument.getBytes(UTF_8)));
  }

  private static String text(List<Object> answer) {
    return new String((byte[]) answer.getFirst(), UTF_8);
  }
}
