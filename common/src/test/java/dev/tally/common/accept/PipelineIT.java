package dev.tally.common.accept;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tally.common.accept.replica.UnconfirmedWriteException;
import dev.tally.common.accept.replica.WaitProperties;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.TestServers;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisException;
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
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
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
    pipeline = new Pipeline(connections, new WaitProperties(0, Duration.ofSeconds(1)));
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

  @Test
  void withoutAReplicaNothingIsConfirmed() {
    Pipeline waiting = new Pipeline(connections, new WaitProperties(1, Duration.ofMillis(100)));
    try {
      Answer answer = call(waiting, COUNT, "");
      assertThat(answer.values()).containsExactly(1L);
      assertThatThrownBy(answer::requireConfirmed)
          .isInstanceOf(UnconfirmedWriteException.class)
          .hasMessage("0 of 1 replicas of Redis have confirmed a write");
      assertThat(call(waiting, COUNT, "").values()).containsExactly(2L);
    } finally {
      waiting.destroy();
    }
  }

  @Test
  void aConfirmationThatDoesNotComeIsWaitedForUntilTheTimeout() {
    Pipeline waiting = new Pipeline(connections, new WaitProperties(1, Duration.ofMinutes(30)));
    try {
      Answer answer = call(waiting, COUNT, "");
      assertThatThrownBy(answer::requireConfirmed)
          .isInstanceOf(UnconfirmedWriteException.class)
          .hasMessage("Redis did not say whether replicas have a write");
      assertThatThrownBy(() -> call(waiting, COUNT, "")).isInstanceOf(QueryTimeoutException.class);
    } finally {
      waiting.destroy();
    }
  }

  @Test
  void theAnswerOfARedisThatDiesBeforeTheConfirmationIsNotConfirmed() {
    Server redis = servers.killable(ServerKind.REDIS);
    LettuceConnectionFactory once = sendingNothingTwice();
    Pipeline waiting = new Pipeline(once, new WaitProperties(1, Duration.ofMinutes(30)));
    try {
      Answer answer = call(waiting, COUNT, "");
      redis.kill();
      assertThatThrownBy(answer::requireConfirmed)
          .isInstanceOf(UnconfirmedWriteException.class)
          .hasRootCauseInstanceOf(RedisException.class);
    } finally {
      waiting.destroy();
      once.destroy();
      redis.start();
    }
  }

  /** Connections with the options of a service's. */
  private LettuceConnectionFactory sendingNothingTwice() {
    LettuceConnectionFactory once =
        new LettuceConnectionFactory(
            new RedisStandaloneConfiguration(connections.getHostName(), connections.getPort()),
            LettuceClientConfiguration.builder()
                .commandTimeout(TIMEOUT)
                .clientOptions(
                    ClientOptions.builder()
                        .replayFilter(_ -> true)
                        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                        .build())
                .build());
    once.afterPropertiesSet();
    once.start();
    return once;
  }

  @Test
  void callsGoOnWithoutTheConfirmationsOfOthers() throws Exception {
    Pipeline waiting = new Pipeline(connections, new WaitProperties(1, Duration.ofMillis(1)));
    call(waiting, COUNT, "");
    Server redis = servers.killable(ServerKind.REDIS);
    redis.freeze();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 2; i++) {
        Future<Answer> one = callers.submit(() -> call(waiting, COUNT, ""));
        Future<Answer> other = callers.submit(() -> call(waiting, COUNT, ""));
        assertThatThrownBy(one::get).hasCauseInstanceOf(QueryTimeoutException.class);
        assertThatThrownBy(other::get).hasCauseInstanceOf(QueryTimeoutException.class);
      }
    } finally {
      redis.thaw();
    }
    assertThat(call(waiting, COUNT, "").values()).containsExactly(6L);
    waiting.destroy();
  }

  private void replicate(String host, String port) {
    try (RedisConnection connection = connections.getConnection()) {
      connection.execute("REPLICAOF", host.getBytes(UTF_8), port.getBytes(UTF_8));
    }
  }

  private List<Object> call(String script, String argument) {
    return call(pipeline, script, argument).values();
  }

  private static Answer call(Pipeline pipeline, String script, String argument) {
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
