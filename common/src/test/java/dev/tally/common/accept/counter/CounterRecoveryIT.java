package dev.tally.common.accept.counter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.epoch.PartitionRows;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageContent;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import dev.tally.testkit.PersistedRows;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

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

  /** Statements in the transactions. */
  private JdbcClient mysql() {
    return JdbcClient.create(requireNonNull(transactions.getDataSource()));
  }

  private void createRow(PartitionRows partitions) {
    new TransactionTemplate(transactions)
        .executeWithoutResult(_ -> partitions.lock(KEYS.partition()));
  }

  @AfterEach
  void disconnect() {
    LOG.detachAppender(logged);
    executor.close();
    connections.destroy();
  }

  /** Then the rollback fails as well. */
  @Test
  void aConnectionThatBreaksInTheTransactionIsATransientFault() {
    PersistBarrier barrier = new PersistBarrier(mysql(), transactions);

    assertThatThrownBy(
            () ->
                barrier.behind(
                    KEYS,
                    _ -> {
                      long id = mysql().sql("SELECT CONNECTION_ID()").query(Long.class).single();
                      CompletableFuture.supplyAsync(
                              () -> mysql().sql("KILL " + id).update(), executor)
                          .join();
                      return mysql().sql("SELECT 1").query(Long.class).single();
                    }))
        .isInstanceOf(TransientDataAccessException.class);
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

  /** Its jobs are not in Redis any more, and its rows are not visible yet. */
  @Test
  void aTransactionThatPersistsJobsEndsBeforeACounterIsSet() throws Exception {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    PartitionRows partitions = new PartitionRows(mysql());
    createRow(partitions);
    TransactionTemplate transaction = new TransactionTemplate(transactions);
    Future<?> recovering =
        requireNonNull(
            transaction.execute(
                _ -> {
                  partitions.lock(KEYS.partition());
                  new PersistedRows(mysql()).message(APP.value(), 1, 1);
                  Future<?> waiting = executor.submit(() -> recover(MESSAGES));
                  assertThatThrownBy(() -> waiting.get(500, TimeUnit.MILLISECONDS))
                      .isInstanceOf(TimeoutException.class);
                  return waiting;
                }));
    recovering.get();

    assertThat(redis.opsForHash().get(KEYS.messages(CHAT), PartitionKeys.NUMBERS)).isEqualTo("1");
  }

  @Test
  void aCounterStaysUnknownWhileATransactionDoesNotEnd() {
    rows.app(APP.value());
    PartitionRows partitions = new PartitionRows(mysql());
    createRow(partitions);
    new TransactionTemplate(transactions)
        .executeWithoutResult(
            _ -> {
              partitions.lock(KEYS.partition());
              Future<?> recovering = executor.submit(() -> recover(CHATS));
              assertThatThrownBy(recovering::get)
                  .hasCauseInstanceOf(TransientDataAccessException.class);
            });

    assertThat(redis.hasKey(KEYS.chats(APP))).isFalse();
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

  /** Each place where a job may be before it is persisted. */
  private static List<String> places() {
    return List.of(KEYS.jobs(APP), KEYS.retried(), KEYS.claimed(), KEYS.dead());
  }

  @ParameterizedTest
  @MethodSource("places")
  void aLostCounterGoesOnAfterTheJobsInRedis(String place) {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    rows.message(APP.value(), 1, 7);
    push(place, message(CHAT, 8));
    push(place, message(CHAT, 9));
    push(place, chat(2));

    recover(CHATS);
    recover(MESSAGES);

    assertThat(redis.opsForHash().get(KEYS.chats(APP), PartitionKeys.NUMBERS)).isEqualTo("2");
    assertThat(redis.opsForHash().get(KEYS.messages(CHAT), PartitionKeys.NUMBERS)).isEqualTo("9");
  }

  /** Somebody wrote to the queue: no gateway gives out such numbers. */
  @ParameterizedTest
  @MethodSource("places")
  void aJobWhoseNumberHasMoreThanFifteenDigitsDoesNotCount(String place) {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    rows.message(APP.value(), 1, 7);
    push(place, message(CHAT, 8));
    push(place, message(CHAT, Numbers.HIGHEST + 1));
    push(place, chat(Long.MAX_VALUE));

    recover(CHATS);
    recover(MESSAGES);

    assertThat(redis.opsForHash().get(KEYS.chats(APP), PartitionKeys.NUMBERS)).isEqualTo("1");
    assertThat(redis.opsForHash().get(KEYS.messages(CHAT), PartitionKeys.NUMBERS)).isEqualTo("8");
  }

  /** Somebody wrote to MySQL. With such a counter, each write would find it unusable. */
  @Test
  void noCounterGetsMoreThanFifteenDigits() {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    rows.chat(APP.value(), Numbers.HIGHEST + 1);
    rows.message(APP.value(), 1, Numbers.HIGHEST + 1);

    recover(CHATS);
    recover(MESSAGES);

    assertThat(redis.keys("*:chats")).isEmpty();
    assertThat(redis.keys("*:messages")).isEmpty();
    assertThat(recovered()).isZero();
    counter(KEYS.chats(APP), 1);
    recovery.catchUp(CHATS);
    assertThat(redis.opsForHash().get(KEYS.chats(APP), PartitionKeys.NUMBERS)).isEqualTo("1");
    assertThat(lost()).isZero();
  }

  /** Each look at the queue costs as much as the queue is long. */
  @Test
  void theCountersOfAnOlderEpochShareOneLookAtTheQueue() {
    rows.app(APP.value());
    ChatName other = new ChatName(APP, 2);
    push(KEYS.jobs(APP), message(CHAT, 8));
    push(KEYS.jobs(APP), message(other, 9));
    redis.opsForList().rightPush(KEYS.ring(), APP.value());
    counter(KEYS.messages(CHAT), 7);
    counter(KEYS.messages(other), 7);
    counter(KEYS.chats(APP), 2);
    redis.opsForHash().put(KEYS.state(), PartitionKeys.EPOCH, "1");

    recover(MESSAGES);
    redis.delete(KEYS.jobs(APP));
    recover(new Parent.Chat(other));

    assertThat(redis.opsForHash().entries(KEYS.messages(CHAT)))
        .containsEntry(PartitionKeys.NUMBERS, "8")
        .containsEntry(PartitionKeys.EPOCH, "1");
    assertThat(redis.opsForHash().entries(KEYS.messages(other)))
        .containsEntry(PartitionKeys.NUMBERS, "9")
        .containsEntry(PartitionKeys.EPOCH, "1");
  }

  /** A dead letter with a number keeps it, but a superseded one would leave a gap. */
  @Test
  void aSupersededDeadLetterHasNoNumber() {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    rows.message(APP.value(), 1, 7);
    pushDead(DeadLetter.Reason.REFUSED, message(CHAT, 8));
    pushDead(DeadLetter.Reason.SUPERSEDED, message(CHAT, 9));

    recover(MESSAGES);

    assertThat(redis.opsForHash().get(KEYS.messages(CHAT), PartitionKeys.NUMBERS)).isEqualTo("8");
    // The same for a counter of an older epoch, which looks at the whole partition.
    counter(KEYS.messages(CHAT), 1);
    redis.opsForHash().put(KEYS.state(), PartitionKeys.EPOCH, "1");
    recover(MESSAGES);
    assertThat(redis.opsForHash().get(KEYS.messages(CHAT), PartitionKeys.NUMBERS)).isEqualTo("8");
  }

  private void pushDead(DeadLetter.Reason reason, String job) {
    redis.opsForList().rightPush(KEYS.dead(), DeadLetter.now(reason, job.getBytes(UTF_8)).encode());
  }

  @Test
  void jobsOfOtherParentsDoNotCount() {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    rows.message(APP.value(), 1, 7);
    AppToken other = new AppToken("f".repeat(32));
    push(
        KEYS.claimed(),
        codec.openChat(other, ChatContent.NONE, Instant.ofEpochSecond(1), null) + "50}");
    push(KEYS.claimed(), message(new ChatName(other, 1), 60));
    push(KEYS.claimed(), message(new ChatName(APP, 2), 70));

    recover(MESSAGES);

    assertThat(redis.opsForHash().get(KEYS.messages(CHAT), PartitionKeys.NUMBERS)).isEqualTo("7");
  }

  @Test
  void aChatThatIsNotPersistedYetHasItsCounterSetAgain() {
    rows.app(APP.value());
    push(KEYS.jobs(APP), chat(1));

    recover(MESSAGES);

    assertThat(redis.opsForHash().get(KEYS.messages(CHAT), PartitionKeys.NUMBERS)).isEqualTo("0");
    assertThat(redis.opsForHash().get(KEYS.chats(APP), PartitionKeys.NUMBERS)).isEqualTo("1");
  }

  /** Reading this list fails. */
  @Test
  void aNumberThatWasNeverGivenOutIsNotLookedForAmongTheJobs() {
    rows.app(APP.value());
    counter(KEYS.chats(APP), 0);
    redis.opsForValue().set(KEYS.jobs(APP), "no list");

    assertNotFound(MESSAGES, ProblemType.CHAT_NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"many", "", "-1", "1e3", "1.5", "1000000000000000"})
  void aCounterThatIsNoNumberGoesOnAfterTheHighestNumberInUse(String text) {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    rows.message(APP.value(), 1, 7);
    push(KEYS.jobs(APP), message(CHAT, 8));
    redis.opsForHash().put(KEYS.messages(CHAT), PartitionKeys.NUMBERS, text);

    setAgain();

    assertThat(redis.opsForHash().get(KEYS.messages(CHAT), PartitionKeys.NUMBERS)).isEqualTo("8");
    assertThat(unusable()).isEqualTo(1);
    assertThat(lost()).isZero();
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("the counter", "01234567…:1:messages", "was no number", "goes on after 8,")
        .doesNotContain(APP.value());
  }

  @Test
  void aCounterOfAnotherTypeIsNoNumber() {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    redis.opsForList().rightPush(KEYS.messages(CHAT), "1");
    redis.opsForValue().set(KEYS.chats(APP), "1");

    setAgain();

    assertThat(redis.opsForHash().get(KEYS.messages(CHAT), PartitionKeys.NUMBERS)).isEqualTo("0");
    assertThat(unusable()).isEqualTo(1);
  }

  @Test
  void aCounterThatAnotherGatewaySetAgainIsLeftAlone() {
    rows.app(APP.value());
    rows.chat(APP.value(), 1);
    counter(KEYS.messages(CHAT), 5);

    setAgain();

    assertThat(redis.opsForHash().get(KEYS.messages(CHAT), PartitionKeys.NUMBERS)).isEqualTo("5");
    assertThat(unusable()).isZero();
    assertThat(warnings()).isEmpty();
  }

  /** MySQL was set back, and a worker will make a void row for the chat. */
  @Test
  void aChatThatMySqlHasLostIsNotThereYet() {
    rows.app(APP.value());
    counter(KEYS.chats(APP), 1);
    counter(KEYS.messages(CHAT), 7);
    redis.opsForHash().put(KEYS.state(), PartitionKeys.EPOCH, "1");
    mysql()
        .sql("INSERT INTO partition_positions (partition_number, epoch, fill_due) VALUES (?, 1, 1)")
        .param(KEYS.partition())
        .update();

    assertThatThrownBy(() -> recover(MESSAGES))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE));

    mysql().sql("UPDATE partition_positions SET fill_due = 0").update();
    rows.chat(APP.value(), 1);
    await()
        .ignoreExceptionsInstanceOf(ProblemException.class)
        .untilAsserted(
            () -> {
              recover(MESSAGES);
              assertThat(redis.opsForHash().get(KEYS.messages(CHAT), PartitionKeys.EPOCH))
                  .isEqualTo("1");
            });
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

    recovery.catchUp(CHATS);

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

    recovery.catchUp(CHATS);

    assertThat(redis.opsForHash().get(KEYS.chats(APP), PartitionKeys.NUMBERS)).isEqualTo("5");
    assertThat(lost()).isZero();
    assertThat(warnings()).isEmpty();
  }

  private void counter(String name, long number) {
    redis.opsForHash().put(name, PartitionKeys.NUMBERS, Long.toString(number));
  }

  private void recover(Parent parent) {
    recovery.setMissing(parent);
  }

  private void setAgain() {
    recovery.setUnusable(MESSAGES);
  }

  /** Puts a job where a script would put it; as a dead letter, if that is the place. */
  private void push(String place, String job) {
    String entry =
        place.equals(KEYS.dead())
            ? DeadLetter.now(DeadLetter.Reason.CHAT_MISSING, job.getBytes(UTF_8)).encode()
            : job;
    redis.opsForList().rightPush(place, entry);
  }

  private String chat(long number) {
    return codec.openChat(APP, ChatContent.NONE, Instant.ofEpochSecond(1), null) + number + "}";
  }

  private String message(ChatName chat, long number) {
    return codec.openMessage(chat, MessageContent.of("hi"), Instant.ofEpochSecond(1), null)
        + number
        + "}";
  }

  private double unusable() {
    return meters.get("tally.counters.unusable").counter().count();
  }

  @Test
  void theMetricsSayWhatTheyCount() {
    assertThat(meters.get("tally.counters.recovered").counter().getId().getDescription())
        .isEqualTo("Counters that Redis did not have, set to the highest number in use");
    assertThat(meters.get("tally.counters.lost").counter().getId().getDescription())
        .isEqualTo("Counters that Redis had lost or that were behind: it lost data");
  }

  @Test
  void anAbsenceIsBelievedOfOneParentOnly() {
    rows.app(APP.value());
    counter(KEYS.chats(APP), 0);
    assertNotFound(MESSAGES, ProblemType.CHAT_NOT_FOUND);
    redis.delete(KEYS.chats(APP));

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
