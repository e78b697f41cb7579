package dev.tally.api.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.api.chat.Chats;
import dev.tally.common.hint.Hint;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

class HintListenerIT {

  private static final TestServers SERVERS = TestServers.wiped();
  private static final String ACME = "a".repeat(32);
  private static final String OTHER = "b".repeat(32);
  private static final String ADDRESS = "192.0.2.1";
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final ChatName ACME_CHAT = new ChatName(new AppToken(ACME), 1);
  private static final ChatName OTHER_CHAT = new ChatName(new AppToken(OTHER), 1);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Streams streams =
      new Streams(new StreamProperties(9, 9, 9, SECOND, SECOND, SECOND), meters);
  private final ChatWatch watch =
      streams.open(new Chats.Place(ACME_CHAT, new ChatKey(1, 1)), ADDRESS);
  private final ChatWatch other =
      streams.open(new Chats.Place(OTHER_CHAT, new ChatKey(2, 1)), ADDRESS);
  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;
  private HintListener listener;

  @BeforeEach
  void start() {
    connections = SERVERS.redis();
    redis = new StringRedisTemplate(connections);
    listener = new HintListener(streams, connections, meters);
    listener.start();
  }

  @AfterEach
  void stop() {
    listener.stop();
    connections.destroy();
  }

  @Test
  void aHintRaisesItsChatOnly() {
    listener.subscribe();

    publish(
        0,
        Hint.encode(
            List.of(
                new Hint.NewMessages(ACME_CHAT, 5, 3),
                new Hint.NewMessages(new ChatName(new AppToken(ACME), 2), 9, 1))));

    await().until(() -> watch.highest() == 5);
    assertThat(other.highest()).isZero();
    assertThat(listener.messages()).isEqualTo(4);
    assertThat(woken()).isEqualTo(1);
  }

  @Test
  void aHintOfChangesRaisesAChatWhoseChangesAreWanted() {
    listener.subscribe();
    watch.follow();

    publish(
        0,
        Hint.encode(
            List.of(
                new Hint.NewChanges(OTHER_CHAT, 3),
                new Hint.NewChanges(ACME_CHAT, 7),
                new Hint.NewMessages(ACME_CHAT, 5, 2))));

    await().until(() -> watch.highest() == 5);
    assertThat(watch.announced()).isEqualTo(new ChatWatch.Announced(5, 7));
    assertThat(other.announced()).isEqualTo(new ChatWatch.Announced(0, 0));
    assertThat(listener.messages()).isEqualTo(2);
    assertThat(woken()).isEqualTo(2);
  }

  @Test
  void hintsOfAllPartitionsCome() {
    listener.subscribe();

    publish(0, Hint.encode(List.of(new Hint.NewMessages(ACME_CHAT, 1, 1))));
    publish(15, Hint.encode(List.of(new Hint.NewMessages(OTHER_CHAT, 1, 1))));

    await().until(() -> watch.highest() == 1 && other.highest() == 1);
  }

  @Test
  void aHintThatIsNoNewsWakesNoStreamButEndsTheSilence() {
    listener.subscribe();
    watch.raise(5);
    watch.retract(watch.announced(), Position.of(4));
    assertThat(watch.isSilentFor(Duration.ofHours(1))).isTrue();

    publish(0, Hint.encode(List.of(new Hint.NewMessages(ACME_CHAT, 4, 1))));

    await().until(() -> !watch.isSilentFor(Duration.ofHours(1)));
    await().until(() -> listener.messages() == 1);
    assertThat(woken()).isZero();
  }

  @Test
  void otherTextIsIgnored() {
    listener.subscribe();

    publish(0, "no hint at all\n" + ACME + " 1 x 1");
    publish(0, Hint.encode(List.of(new Hint.NewMessages(ACME_CHAT, 2, 1))));

    await().until(() -> watch.highest() == 2);
    assertThat(listener.messages()).isEqualTo(1);
  }

  @Test
  void oneSubscriptionIsEnough() {
    listener.subscribe();
    listener.subscribe();

    publish(0, Hint.encode(List.of(new Hint.NewMessages(ACME_CHAT, 2, 1))));
    publish(0, Hint.encode(List.of(new Hint.NewMessages(ACME_CHAT, 3, 1))));

    await().until(() -> watch.highest() == 3);
    assertThat(listener.messages()).isEqualTo(2);
  }

  @Test
  void aListenerThatStoppedDoesNotSubscribe() {
    listener.subscribe();
    assertThat(listener.isRunning()).isTrue();

    listener.stop();
    listener.subscribe();

    assertThat(listener.isRunning()).isFalse();
    await().until(() -> subscribers() == 0);
    listener.start();
    listener.subscribe();
    await().until(() -> subscribers() == 1);
  }

  @Test
  void theListenerSubscribesOnceRedisIsBack() {
    Server server = SERVERS.killable(ServerKind.REDIS);
    server.kill();
    try {
      listener.subscribe();
    } finally {
      server.start();
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              listener.subscribe();
              publish(0, Hint.encode(List.of(new Hint.NewMessages(ACME_CHAT, 2, 1))));
              return watch.highest() == 2;
            });
  }

  private void publish(int partition, String hints) {
    redis.convertAndSend(new PartitionKeys(partition).hints(), hints);
  }

  /** Redis says how many clients a hint reached. */
  private long subscribers() {
    Long receivers = redis.convertAndSend(new PartitionKeys(0).hints(), "no hint");
    return receivers == null ? -1 : receivers;
  }

  private double woken() {
    return meters.get("tally.streams.woken").tag("by", "hint").counter().count();
  }
}
