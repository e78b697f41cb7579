package dev.tally.gateway.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

class CounterRecoveryIT {

  private static final AppToken APP = new AppToken("0123456789abcdef0123456789abcdef");
  private static final ChatName CHAT = new ChatName(APP, 1);
  private static final Parent CHATS = new Parent.App(APP);
  private static final Parent MESSAGES = new Parent.Chat(CHAT);
  private static final Partitions PARTITIONS = new Partitions(16);
  private static final PartitionKeys KEYS = PARTITIONS.of(APP);
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(CounterRecovery.class);

  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;
  private PersistedRows rows;
  private CounterRecovery recovery;

  @BeforeEach
  void connect() {
    TestServers servers = TestServers.wiped();
    rows = PersistedRows.in(servers);
    connections = servers.redis();
    redis = new StringRedisTemplate(connections);
    recovery =
        new CounterRecovery(
            new PersistedNumbers(rows.mysql()), redis, new RedisLayout(redis, PARTITIONS), meters);
    logged.start();
    LOG.addAppender(logged);
  }

  @AfterEach
  void disconnect() {
    LOG.detachAppender(logged);
    connections.destroy();
  }

  @Test
  void theCounterOfANewAppStartsAtZero() {
    rows.app(APP.value());

    recover(CHATS);

    assertThat(redis.opsForHash().get(KEYS.chats(APP), PartitionKeys.NUMBERS)).isEqualTo("0");
    assertThat(recovered()).isEqualTo(1);
  }

  @Test
  void aNewAppHasLostNoCounter() {
    rows.app(APP.value());

    recover(CHATS);

    assertThat(lost()).isZero();
    assertThat(warnings()).isEmpty();
  }

  @Test
  void aLostCounterOfAnAppGoesOnAfterItsHighestChat() {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    rows.chat(APP.value(), 2);

    recover(CHATS);

    assertThat(redis.opsForHash().get(KEYS.chats(APP), PartitionKeys.NUMBERS)).isEqualTo("2");
    assertThat(recovered()).isEqualTo(1);
    assertThat(lost()).isEqualTo(1);
  }

  @Test
  void aLostCounterOfAChatGoesOnAfterItsHighestMessage() {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    rows.message(APP.value(), 1, 7);

    recover(MESSAGES);

    assertThat(redis.opsForHash().get(KEYS.messages(CHAT), PartitionKeys.NUMBERS)).isEqualTo("7");
    assertThat(recovered()).isEqualTo(1);
    assertThat(lost()).isEqualTo(1);
  }

  /** The script that accepts a chat also sets the chat's counter, so it must have been there. */
  @Test
  void aChatWithoutMessagesHasLostItsCounter() {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);

    recover(MESSAGES);

    assertThat(redis.opsForHash().get(KEYS.messages(CHAT), PartitionKeys.NUMBERS)).isEqualTo("0");
    assertThat(lost()).isEqualTo(1);
  }

  @Test
  void theLogNamesTheLostCounterWithoutTheToken() {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    rows.message(APP.value(), 1, 7);

    recover(MESSAGES);

    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("Redis has lost data: the counter")
        .contains("01234567…:1:messages")
        .contains("goes on after 7,")
        .doesNotContain(APP.value());
  }

  @Test
  void aCounterThatAnotherGatewayRecoveredIsLeftAlone() {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    redis.opsForHash().put(KEYS.chats(APP), PartitionKeys.NUMBERS, "5");

    recover(CHATS);

    assertThat(redis.opsForHash().get(KEYS.chats(APP), PartitionKeys.NUMBERS)).isEqualTo("5");
    assertThat(recovered()).isZero();
    assertThat(lost()).isZero();
    assertThat(warnings()).isEmpty();
  }

  @Test
  void anUnknownAppIsNotFoundAndGetsNoCounter() {
    assertNotFound(CHATS, ProblemType.APP_NOT_FOUND);
    assertNotFound(MESSAGES, ProblemType.APP_NOT_FOUND);
    assertThat(redis.hasKey(KEYS.chats(APP))).isFalse();
    assertThat(redis.hasKey(KEYS.messages(CHAT))).isFalse();
  }

  @Test
  void anUnknownChatIsNotFoundAndGetsNoCounter() {
    rows.app(APP.value());

    assertNotFound(MESSAGES, ProblemType.CHAT_NOT_FOUND);
    assertThat(redis.hasKey(KEYS.messages(CHAT))).isFalse();
    assertThat(recovered()).isZero();
  }

  @Test
  void anAbsentParentIsRecoveredOnceMySqlHasIt() {
    assertNotFound(CHATS, ProblemType.APP_NOT_FOUND);
    rows.app(APP.value());

    await()
        .ignoreExceptionsInstanceOf(ProblemException.class)
        .until(
            () -> {
              recover(CHATS);
              return true;
            });

    assertThat(redis.opsForHash().get(KEYS.chats(APP), PartitionKeys.NUMBERS)).isEqualTo("0");
  }

  /** Without its table, MySQL could only answer with an error. */
  @Test
  void anAbsentParentIsNotAskedForAgain() {
    assertNotFound(CHATS, ProblemType.APP_NOT_FOUND);
    rows.mysql().sql("RENAME TABLE apps TO apps_away").update();

    assertNotFound(CHATS, ProblemType.APP_NOT_FOUND);
  }

  @Test
  void theLogNamesACounterThatIsNoNumberWithoutTheToken() {
    redis.opsForHash().put(KEYS.messages(CHAT), PartitionKeys.NUMBERS, "many");

    reportAfterCounting();
    reportAfterCounting();

    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("the counter", "01234567…:1:messages", "is no number")
        .contains("delete the counter")
        .doesNotContain(APP.value());
    assertThat(unusable()).isEqualTo(2);
  }

  @Test
  void aCounterOfAnotherTypeIsNoNumber() {
    redis.opsForList().rightPush(KEYS.messages(CHAT), "1");

    reportAfterCounting();

    assertThat(warnings()).hasSize(1);
    assertThat(unusable()).isEqualTo(1);
  }

  @Test
  void aFaultOfAnotherKeyIsNotTheCounters() {
    redis.opsForHash().put(KEYS.messages(CHAT), PartitionKeys.NUMBERS, "1");
    redis.opsForValue().set(KEYS.jobs(APP), "no list");

    recovery.reportIfUnusable(
        MESSAGES, fault(() -> redis.opsForList().rightPush(KEYS.jobs(APP), "job")));
    recovery.reportIfUnusable(MESSAGES, new QueryTimeoutException("no answer"));

    assertThat(warnings()).isEmpty();
    assertThat(unusable()).isZero();
  }

  @Test
  void aCounterOfChatsThatIsBehindGoesOnAfterTheChatsThatExist() {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    rows.chat(APP.value(), 2);
    counter(KEYS.chats(APP), 1);
    // Not persisted yet.
    counter(KEYS.messages(new ChatName(APP, 3)), 0);
    counter(KEYS.messages(new ChatName(APP, 4)), 0);

    assertThat(recovery.recover(CHATS, new Acceptance.CounterBehind())).isTrue();

    assertThat(redis.opsForHash().get(KEYS.chats(APP), PartitionKeys.NUMBERS)).isEqualTo("4");
    assertThat(lost()).isEqualTo(1);
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("01234567…:chats", "was behind")
        .doesNotContain(APP.value());
  }

  @Test
  void aCounterThatAnotherGatewayRaisedIsLeftAlone() {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    counter(KEYS.chats(APP), 5);

    recovery.recover(CHATS, new Acceptance.CounterBehind());

    assertThat(redis.opsForHash().get(KEYS.chats(APP), PartitionKeys.NUMBERS)).isEqualTo("5");
    assertThat(lost()).isZero();
    assertThat(warnings()).isEmpty();
  }

  @Test
  void anAnswerThatNeedsNoRecoveryChangesNothing() {
    assertThat(recovery.recover(CHATS, new Acceptance.QueueFull())).isFalse();
    assertThat(redis.hasKey(KEYS.chats(APP))).isFalse();
  }

  private void counter(String name, long number) {
    redis.opsForHash().put(name, PartitionKeys.NUMBERS, Long.toString(number));
  }

  private void recover(Parent parent) {
    assertThat(recovery.recover(parent, new Acceptance.UnknownParent())).isTrue();
  }

  private void reportAfterCounting() {
    recovery.reportIfUnusable(
        MESSAGES,
        fault(() -> redis.opsForHash().increment(KEYS.messages(CHAT), PartitionKeys.NUMBERS, 1)));
  }

  private static DataAccessException fault(ThrowingCallable command) {
    return catchThrowableOfType(DataAccessException.class, command);
  }

  private double unusable() {
    return meters.get("tally.counters.unusable").counter().count();
  }

  @Test
  void theMetricsSayWhatTheyCount() {
    assertThat(meters.get("tally.counters.recovered").counter().getId().getDescription())
        .isEqualTo("Counters that Redis did not have, set to the highest number in MySQL");
    assertThat(meters.get("tally.counters.lost").counter().getId().getDescription())
        .isEqualTo("Counters that Redis had lost or that were behind: it lost data");
  }

  @Test
  void anAbsenceIsBelievedOfOneParentOnly() {
    rows.app(APP.value());
    assertNotFound(MESSAGES, ProblemType.CHAT_NOT_FOUND);

    recover(CHATS);

    assertThat(recovered()).isEqualTo(1);
  }

  private void assertNotFound(Parent parent, ProblemType type) {
    assertThatThrownBy(() -> recover(parent))
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.type()).isEqualTo(type));
  }

  private double recovered() {
    return meters.get("tally.counters.recovered").counter().count();
  }

  private double lost() {
    return meters.get("tally.counters.lost").counter().count();
  }

  private List<String> warnings() {
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
