package dev.tally.common.accept.counter;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tally.common.epoch.PartitionRows;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.ChatChange;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import dev.tally.testkit.PersistedRows;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The number of a chat's changes, which is a field of the chat's counter. */
class ChangesRecoveryIT {

  private static final AppToken APP = new AppToken("0123456789abcdef0123456789abcdef");
  private static final ChatName CHAT = new ChatName(APP, 1);
  private static final Parent MESSAGES = new Parent.Chat(CHAT);
  private static final Parent CHANGES = new Parent.Changes(CHAT);
  private static final Partitions PARTITIONS = new Partitions(16);
  private static final PartitionKeys KEYS = PARTITIONS.of(APP);
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(CounterRecovery.class);

  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final JobCodec codec = new JobCodec();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;
  private PersistedRows rows;
  private DataSourceTransactionManager transactions;
  private CounterRecovery recovery;

  @BeforeEach
  void connect() {
    TestServers servers = TestServers.wiped();
    rows = PersistedRows.in(servers);
    rows.app(APP.value());
    transactions = new DataSourceTransactionManager(servers.dataSource());
    connections = servers.redis();
    redis = new StringRedisTemplate(connections);
    RedisLayout layout = new RedisLayout(redis, PARTITIONS, _ -> {});
    recovery =
        new CounterRecovery(
            new WaitingJobs(redis, layout, codec), mysql(), transactions, redis, layout, meters);
    logged.start();
    LOG.addAppender(logged);
  }

  private JdbcClient mysql() {
    return JdbcClient.create(requireNonNull(transactions.getDataSource()));
  }

  @AfterEach
  void disconnect() {
    LOG.detachAppender(logged);
    executor.close();
    connections.destroy();
  }

  @Test
  void aCounterFromBeforeTheUpgradeGoesOnAfterThePersistedChanges() {
    persisted(/* message= */ 7, /* change= */ 3);
    counter(Map.of("numbers", "9"));

    recovery.setMissing(CHANGES);

    assertThat(counter()).isEqualTo(Map.of("numbers", "9", "changes", "3"));
    assertThat(count("recovered")).isEqualTo(1);
    assertThat(count("lost")).isZero();
    assertThat(warnings()).isEmpty();
  }

  @Test
  void aChatThatNobodyHasChangedStartsAtZero() {
    rows.chat(APP.value(), 1);
    counter(Map.of("numbers", "9"));

    recovery.setMissing(CHANGES);

    assertThat(counter()).isEqualTo(Map.of("numbers", "9", "changes", "0"));
  }

  @Test
  void changesGoOnAfterTheJobsInRedis() {
    persisted(7, 3);
    counter(Map.of("numbers", "9"));
    MessageName message = new MessageName(CHAT, 7);
    Instant at = Instant.ofEpochSecond(1);
    String job = codec.openChange(message, new MessageChange.Deletion(), null, null, at, null);
    redis.opsForList().rightPush(KEYS.claimed(), job + "5}");

    recovery.setMissing(CHANGES);

    assertThat(counter()).isEqualTo(Map.of("numbers", "9", "changes", "5"));
  }

  /** An older gateway has accepted it. */
  @Test
  void aChatThatIsNotPersistedYetHasNoChanges() {
    String job = codec.openChat(APP, ChatContent.NONE, Instant.ofEpochSecond(1), null) + "1}";
    redis.opsForList().rightPush(KEYS.jobs(APP), job);
    counter(Map.of("numbers", "2"));

    recovery.setMissing(CHANGES);

    assertThat(counter()).isEqualTo(Map.of("numbers", "2", "changes", "0"));
  }

  @Test
  void aLostCounterIsRecoveredWithItsChanges() {
    persisted(7, 3);

    recovery.setMissing(CHANGES);

    assertThat(counter()).isEqualTo(Map.of("numbers", "7", "changes", "3"));
    assertThat(count("recovered")).isEqualTo(1);
    assertThat(count("lost")).isEqualTo(1);
    assertThat(warnings()).singleElement().asString().contains("1:messages goes on after 7,");
  }

  /** So that its first change needs no other look at the queue. */
  @Test
  void aMessageRecoversTheChangesToo() {
    persisted(7, 3);

    recovery.setMissing(MESSAGES);

    assertThat(counter()).isEqualTo(Map.of("numbers", "7", "changes", "3"));
  }

  /** What stood at the higher numbers is lost, and void rows keep them. */
  @Test
  void theHigherNumbersOfAnOlderEpochStayGivenOut() {
    persisted(7, 3);
    counter(Map.of("numbers", "9", "changes", "5"));
    redis.opsForHash().put(KEYS.state(), PartitionKeys.EPOCH, "1");

    recovery.setMissing(CHANGES);

    assertThat(counter()).isEqualTo(Map.of("numbers", "9", "changes", "5", "epoch", "1"));
    assertThat(count("lost")).isZero();
  }

  @Test
  void theLowerNumbersOfAnOlderEpochAreRaised() {
    persisted(7, 3);
    counter(Map.of("numbers", "6", "changes", "2"));
    redis.opsForHash().put(KEYS.state(), PartitionKeys.EPOCH, "1");

    recovery.setMissing(CHANGES);

    assertThat(counter()).isEqualTo(Map.of("numbers", "7", "changes", "3", "epoch", "1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"many", "", "-1", "1e3", "1000000000000000"})
  void changesThatAreNoNumberGoOnAfterTheHighestInUse(String text) {
    persisted(7, 3);
    counter(Map.of("numbers", "9", "changes", text));

    recovery.setUnusable(CHANGES);

    assertThat(counter()).isEqualTo(Map.of("numbers", "9", "changes", "3"));
    assertThat(count("unusable")).isEqualTo(1);
    assertThat(count("lost")).isZero();
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("01234567…:1:messages of changes", "was no number", "goes on after 3,")
        .doesNotContain(APP.value());
  }

  @Test
  void changesThatAnotherGatewayRecoveredAreLeftAlone() {
    persisted(7, 3);
    counter(Map.of("numbers", "9", "changes", "5"));

    recovery.setMissing(CHANGES);
    recovery.setUnusable(CHANGES);

    assertThat(counter()).isEqualTo(Map.of("numbers", "9", "changes", "5"));
    assertThat(count("recovered")).isZero();
    assertThat(count("unusable")).isZero();
  }

  /** Somebody wrote to MySQL. Messages are accepted nevertheless. */
  @Test
  void aNumberOfAChangeWithMoreThanFifteenDigitsIsNoCounter() {
    persisted(7, Numbers.HIGHEST + 1);

    recovery.setMissing(CHANGES);

    assertThat(counter()).isEqualTo(Map.of("numbers", "7"));
  }

  @Test
  void changesOfNoChatAreNotFoundAndGetNoCounter() {
    Parent ofStranger = new Parent.Changes(new ChatName(new AppToken("f".repeat(32)), 1));

    assertNotFound(CHANGES, ProblemType.CHAT_NOT_FOUND);
    assertNotFound(ofStranger, ProblemType.APP_NOT_FOUND);
    assertThat(redis.keys("*:messages")).isEmpty();
  }

  /** Whoever writes to it must not get numbers again, whatever Redis has forgotten. */
  @Test
  void aDeletedChatIsGoneAndGetsNoCounter() {
    persisted(7, 3);
    mysql().sql("UPDATE chats SET deleted_at = UTC_TIMESTAMP(6)").update();

    assertNotFound(MESSAGES, ProblemType.CHAT_DELETED);
    assertNotFound(CHANGES, ProblemType.CHAT_DELETED);
    assertThatThrownBy(() -> recovery.setUnusable(MESSAGES)).isInstanceOf(ProblemException.class);
    assertThat(redis.keys("*:messages")).isEmpty();
  }

  @Test
  void soIsAChatWhoseDeletionWaits() {
    persisted(7, 3);
    Instant at = Instant.ofEpochSecond(1);
    String job = codec.openChange(CHAT, new ChatChange.Deletion(), null, null, at, null) + "4}";
    redis.opsForList().rightPush(KEYS.jobs(APP), job);

    assertNotFound(MESSAGES, ProblemType.CHAT_DELETED);
    assertThat(redis.keys("*:messages")).isEmpty();
  }

  /** Its jobs are not in Redis any more, and its rows are not visible yet. */
  @Test
  void aTransactionThatPersistsChangesEndsBeforeTheirNumberIsSet() throws Exception {
    rows.chat(APP.value(), 1);
    counter(Map.of("numbers", "9"));
    PartitionRows partitions = new PartitionRows(mysql());
    TransactionTemplate transaction = new TransactionTemplate(transactions);
    transaction.executeWithoutResult(_ -> partitions.lock(KEYS.partition()));
    Future<?> recovering =
        requireNonNull(
            transaction.execute(
                _ -> {
                  partitions.lock(KEYS.partition());
                  change(4);
                  Future<?> waiting = executor.submit(() -> recovery.setMissing(CHANGES));
                  assertThatThrownBy(() -> waiting.get(500, TimeUnit.MILLISECONDS))
                      .isInstanceOf(TimeoutException.class);
                  return waiting;
                }));
    recovering.get();

    assertThat(counter()).isEqualTo(Map.of("numbers", "9", "changes", "4"));
  }

  private void persisted(long message, long change) {
    rows.chat(APP.value(), 1);
    rows.message(APP.value(), 1, message);
    change(change);
  }

  private void change(long number) {
    mysql()
        .sql(
            """
            INSERT INTO changes (app_id, chat_number, number, message_number, kind, effect, fingerprint, created_at)
            SELECT id, 1, :number, 7, 'delete', 'applied', '', UTC_TIMESTAMP(6) FROM apps\
            """)
        .param("number", number)
        .update();
  }

  private void counter(Map<String, String> fields) {
    redis.opsForHash().putAll(KEYS.messages(CHAT), fields);
  }

  private Map<Object, Object> counter() {
    return new HashMap<>(redis.opsForHash().entries(KEYS.messages(CHAT)));
  }

  private void assertNotFound(Parent parent, ProblemType type) {
    assertThatThrownBy(() -> recovery.setMissing(parent))
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.type()).isEqualTo(type));
  }

  private double count(String what) {
    return meters.get("tally.counters." + what).counter().count();
  }

  private List<String> warnings() {
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
