package dev.tally.system.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.EventStream;
import dev.tally.testkit.http.Http;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * A stream has every message once and in order, even when connections, hints, APIs or readers fail.
 */
class StreamIT {

  private static final String NO_POLL = "--tally.api.stream.poll=1h";

  private final RunningTally running = RunningTally.shared();
  private final TallyClient tally = TallyClient.of(running);
  private final List<AutoCloseable> opened = new ArrayList<>();
  private String app = "";
  private long chat;

  @BeforeEach
  void newChat() {
    app = tally.newApp();
    chat = tally.newChat(app);
    tally.awaitChats(app, 1);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : opened.reversed()) {
      closeable.close();
    }
  }

  private <T extends AutoCloseable> T closed(T closeable) {
    opened.add(closeable);
    return closeable;
  }

  private ConfigurableApplicationContext api(String... settings) {
    return closed(running.startApi(settings));
  }

  private String url() {
    return url(tally.api());
  }

  private String url(String api) {
    return "%s/apps/%s/chats/%d/messages/stream".formatted(api, app, chat);
  }

  private String url(ConfigurableApplicationContext api) {
    return url(RunningTally.url(api));
  }

  @Test
  void aStreamSendsEarlierMessagesFirstAndThenNewOnes() {
    tally.say(app, chat, "eins\n\"zwei\"");
    tally.awaitMessages(app, chat, 1);

    EventStream stream = closed(EventStream.open(url())).awaitEvents(1);
    tally.say(app, chat, "drei 🎉");
    stream.awaitEvents(2);

    assertThat(stream.numbers()).containsExactly(1L, 2L);
    assertThat(stream.events().get(0).body()).isEqualTo("eins\n\"zwei\"");
    assertThat(stream.events().get(1).message())
        .isEqualTo(Http.get(tally.chatUrl(app, chat) + "/messages/2").is(200).json());
    assertThat(stream.headers().firstValue("Content-Type"))
        .hasValue("text/event-stream;charset=UTF-8");
    assertThat(stream.headers().allValues("Cache-Control")).containsExactly("no-store");
    assertThat(stream.headers().firstValue("X-Accel-Buffering")).hasValue("no");
  }

  @Test
  void aStreamBeginsAfterTheGivenNumber() {
    for (int i = 1; i <= 5; i++) {
      tally.say(app, chat, "message " + i);
    }
    tally.awaitMessages(app, chat, 5);

    EventStream after = closed(EventStream.open(url() + "?after=3")).awaitEvents(2);
    EventStream resumed =
        closed(EventStream.open(url() + "?after=1", "Last-Event-ID", "4")).awaitEvents(1);

    assertThat(after.numbers()).containsExactly(4L, 5L);
    assertThat(resumed.numbers()).containsExactly(5L);
  }

  @Test
  void everyMessageOfManyWritersArrivesOnceAndInOrder() throws Exception {
    List<EventStream> streams = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      streams.add(closed(EventStream.open(url())));
    }

    int count = write(8, 40);

    for (EventStream stream : streams) {
      assertThat(stream.awaitEvents(count).numbers()).isEqualTo(oneTo(count));
    }
  }

  @Test
  void aReaderThatIsCutOffAgainAndAgainGetsEveryMessageOnce() throws Exception {
    List<Long> got = new ArrayList<>();
    int count;
    int cuts = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> written = threads.submit(() -> write(4, 100));
      EventStream stream = EventStream.open(url());
      for (; !written.isDone(); cuts++) {
        EventStream old = stream;
        int some = ThreadLocalRandom.current().nextInt(1, 4);
        await().until(() -> old.events().size() >= some || written.isDone());
        old.close();
        await().until(old::isEnded);
        got.addAll(old.numbers());
        stream = EventStream.open(url(), "Last-Event-ID", Integer.toString(got.size()));
      }
      count = written.get();
      got.addAll(closed(stream).awaitEvents(count - got.size()).numbers());
    }

    assertThat(cuts).isPositive();
    assertThat(got).isEqualTo(oneTo(count));
  }

  @Test
  void aReaderContinuesAtAnotherApiWhenItsOwnRestarts() throws Exception {
    List<Long> got = new ArrayList<>();
    int count;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> written = threads.submit(() -> write(4, 200));
      // This web server waits a minute for requests under way.
      ConfigurableApplicationContext first =
          running.startApi("--spring.lifecycle.timeout-per-shutdown-phase=1m");
      EventStream stream = closed(EventStream.open(url(first))).awaitEvents(10);

      Future<?> stopped = threads.submit(first::close);
      await().atMost(Duration.ofSeconds(40)).until(stream::isEnded);
      stopped.get();

      assertThat(stream.isWhole()).isTrue();
      got.addAll(stream.numbers());
      EventStream next = closed(stream.resume(url(api())));
      count = written.get();
      got.addAll(next.awaitEvents(count - got.size()).numbers());
    }

    assertThat(got).isEqualTo(oneTo(count));
  }

  @Test
  void aHintWakesAStream() {
    ConfigurableApplicationContext api = api(NO_POLL);
    EventStream stream = closed(EventStream.open(url(api)));
    // The API subscribes soon after its start, and misses earlier hints.
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              knock();
              return !stream.events().isEmpty();
            });

    long last = tally.say(app, chat, "come in");

    stream.awaitEvents((int) last);
    assertThat(stream.numbers()).isEqualTo(oneTo((int) last));
    assertThat(metric(api, "tally_streams_woken_total", "by=\"poll\"")).isZero();
  }

  @Test
  void messagesWithoutAHintStillArrive() throws Exception {
    EventStream stream = closed(EventStream.open(url()));
    long other = tally.newChat(app);
    tally.awaitChats(app, 2);
    EventStream silent =
        closed(EventStream.open(url().replace("/" + chat + "/", "/" + other + "/")));

    take(250);
    insert(1, 250, "hi");

    assertThat(stream.awaitEvents(250).numbers()).isEqualTo(oneTo(250));
    assertThat(silent.events()).isEmpty();
  }

  @Test
  void streamsWorkWithoutRedisAndUseHintsAgainWhenItIsBack() throws Exception {
    Server redis = running.servers().killable(ServerKind.REDIS);
    ConfigurableApplicationContext before = api();
    EventStream stream = closed(EventStream.open(url(before)));
    take(20);
    insert(1, 10, "hi");
    stream.awaitEvents(10);
    ConfigurableApplicationContext meanwhile;
    EventStream opened;
    redis.kill();
    try {
      meanwhile = api();
      opened = closed(EventStream.open(url(meanwhile)));
      insert(11, 10, "hi");
      assertThat(stream.awaitEvents(20).numbers()).isEqualTo(oneTo(20));
      assertThat(opened.awaitEvents(20).numbers()).isEqualTo(oneTo(20));
    } finally {
      redis.start();
    }

    for (ConfigurableApplicationContext api : List.of(before, meanwhile)) {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                knock();
                return metric(api, "tally_streams_woken_total", "by=\"hint\"") > 0;
              });
    }
    int last = (int) tally.say(app, chat, "come in");
    assertThat(stream.awaitEvents(last).numbers()).isEqualTo(oneTo(last));
    assertThat(opened.awaitEvents(last).numbers()).isEqualTo(oneTo(last));
  }

  @Test
  void aStreamOutlivesMySql() {
    Server mariaDb = running.servers().killable(ServerKind.MARIADB);
    ConfigurableApplicationContext api = api("--tally.api.stream.heartbeat=200ms");
    EventStream stream = closed(EventStream.open(url(api)));
    mariaDb.kill();
    long last;
    try {
      Http.get(url(api)).isProblem(503, "unavailable", "Service unavailable");
      int before = stream.heartbeats();
      last = tally.say(app, chat, "accepted while MySQL is away");
      await().until(() -> stream.heartbeats() > before + 5);
    } finally {
      mariaDb.start();
    }

    assertThat(stream.awaitEvents((int) last).numbers()).isEqualTo(oneTo((int) last));
  }

  @Test
  void aClientThatDoesNotReadIsCutOffWithoutBuffering() throws Exception {
    int count = 3_000;
    take(count);
    insert(1, count, "x".repeat(9_000));
    ConfigurableApplicationContext api =
        api("--server.tomcat.connection-timeout=2s", "--tally.api.stream.heartbeat=200ms");
    try (Socket sleeper = EventStream.unread(url(api))) {
      assertThat(sleeper.isConnected()).isTrue();
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> metric(api, "tally_streams_ended_total", "by=\"slow-client\"") == 1);
    }

    // The sockets of both sides hold a few megabytes, out of 27.
    assertThat(metric(api, "tally_streams_messages_total", "")).isBetween(1.0, count * 0.8);
    assertThat(metric(api, "tally_streams_open", "")).isZero();
    EventStream reader = closed(EventStream.open(url(api))).awaitEvents(count);
    assertThat(reader.numbers()).isEqualTo(oneTo(count));
  }

  @Test
  void theStreamsOfAServerAreLimited() {
    ConfigurableApplicationContext api =
        api("--TALLY_STREAM_LIMIT=3", "--tally.api.stream.heartbeat=100ms");
    List<EventStream> streams = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      streams.add(closed(EventStream.open(url(api))));
    }

    Http.Answer refused = Http.get(url(api)).isProblem(503, "unavailable", "Service unavailable");

    assertThat(refused.header("Retry-After")).hasValue("5");
    streams.getFirst().close();
    await().until(() -> metric(api, "tally_streams_open", "") == 2);
    closed(EventStream.open(url(api)));
  }

  @Test
  void theStreamsOfAnAppAreLimited() {
    ConfigurableApplicationContext api =
        api("--TALLY_STREAM_LIMIT_PER_APP=2", "--tally.api.stream.heartbeat=100ms");
    EventStream first = closed(EventStream.open(url(api)));
    closed(EventStream.open(url(api)));

    Http.Answer refused = Http.get(url(api)).isProblem(429, "rate-limited", "Too many requests");

    assertThat(refused.header("Retry-After")).hasValue("5");
    String own = app;
    newChat();
    closed(EventStream.open(url(api)));
    app = own;
    first.close();
    await().until(() -> metric(api, "tally_streams_open", "") == 2);
    closed(EventStream.open(url(api)));
  }

  @Test
  void aChatThatDoesNotExistHasNoStream() {
    String unknown = "0123456789abcdef0123456789abcdef";
    ConfigurableApplicationContext api = api();
    String apps = RunningTally.url(api) + "/apps/";

    for (String token : List.of(unknown, "x", "%20")) {
      Http.get(apps + token + "/chats/1/messages/stream")
          .isProblem(404, "app-not-found", "App not found");
    }
    for (String number : List.of("2", "0", "-1", "x", "99999999999999999999")) {
      Http.get(apps + app + "/chats/" + number + "/messages/stream")
          .isProblem(404, "chat-not-found", "Chat not found");
    }
    assertThat(metric(api, "tally_streams_open", "")).isZero();
  }

  @Test
  void aChatThatIsNotPersistedYetHasNoStreamYet() {
    running.stopWorker();
    long next;
    try {
      next = tally.newChat(app);
      Http.Answer answer =
          Http.get(url().replace("/" + chat + "/", "/" + next + "/"))
              .isProblem(404, "not-persisted-yet", "Not persisted yet");
      assertThat(answer.header("Retry-After")).hasValue("1");
    } finally {
      running.startWorker();
    }
    tally.awaitChats(app, next);
    closed(EventStream.open(url().replace("/" + chat + "/", "/" + next + "/")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"after=x", "after=-1", "after=", "after=1e3", "after=99999999999999999"})
  void anInvalidPositionIsRefused(String query) {
    Http.get(url() + "?" + query).isProblem(400, "malformed-request", "after must be a number.");
    Http.get(url(), "Last-Event-ID", "x")
        .isProblem(400, "malformed-request", "Last-Event-ID must be a number.");
  }

  @Test
  void aClientThatDoesNotAcceptEventsGets406() {
    Http.get(url(), "Accept", "application/json")
        .isProblem(406, "not-acceptable", "Not acceptable");
    Http.get(url(), "Accept", "nonsense").isProblem(406, "not-acceptable", "Not acceptable");
    closed(EventStream.open(url(), "Accept", "application/json, text/*"));
  }

  @Test
  void aHeadRequestGetsTheHeaders() {
    ConfigurableApplicationContext api = api();

    Http.Answer head =
        Http.send(
            HttpRequest.newBuilder(URI.create(url(api)))
                .method("HEAD", HttpRequest.BodyPublishers.noBody()));

    assertThat(head.is(200).header("Content-Type")).hasValue("text/event-stream;charset=UTF-8");
    await().until(() -> metric(api, "tally_streams_open", "") == 0);
  }

  @Test
  void aSilentStreamSendsHeartbeats() {
    ConfigurableApplicationContext api = api("--tally.api.stream.heartbeat=100ms");
    EventStream stream = closed(EventStream.open(url(api)));

    await().until(() -> stream.heartbeats() > 5);

    assertThat(stream.events()).isEmpty();
    tally.say(app, chat, "hi");
    assertThat(stream.awaitEvents(1).numbers()).containsExactly(1L);
  }

  @Test
  void manySilentStreamsUseNoThreadsAndNoMySqlConnections() {
    int count = 1_500;
    ConfigurableApplicationContext api =
        api("--TALLY_STREAM_LIMIT_PER_APP=2000", "--spring.datasource.hikari.maximum-pool-size=4");
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    Map<EventStream, Long> streams = new HashMap<>();
    for (long i = 1; i <= 30; i++) {
      chat = tally.newChat(app);
    }
    tally.awaitChats(app, chat);
    for (int i = 0; i < count; i++) {
      chat = 1L + i % 31;
      streams.put(closed(EventStream.open(url(api))), chat);
    }

    assertThat(metric(api, "tally_streams_open", "")).isEqualTo(count);
    assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(threads + 50);
    await().until(() -> metric(api, "hikaricp_connections_active", "") == 0);
    for (long i = 1; i <= 31; i++) {
      tally.say(app, i, "to chat " + i);
    }
    streams.forEach(
        (stream, number) ->
            assertThat(stream.awaitEvents(1).events().getFirst().body())
                .isEqualTo("to chat " + number));
  }

  /**
   * Runs writers that write messages one after another, some of them in batches.
   *
   * @return the number of messages that the chat has then
   */
  private int write(int writers, int each) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> written = new ArrayList<>();
      for (int writer = 0; writer < writers; writer++) {
        written.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < each; i++) {
                    tally.say(app, chat, "message " + i);
                    if (i % 20 == 0) {
                      Http.postBytes(
                              tally.messagesTo(app, chat),
                              "application/x-ndjson",
                              "{\"body\":\"one of many\"}\n"
                                  .repeat(30)
                                  .getBytes(StandardCharsets.UTF_8))
                          .is(201);
                    }
                  }
                }));
      }
      for (Future<?> writer : written) {
        writer.get();
      }
    }
    return writers * (each + 30 * ((each + 19) / 20));
  }

  /** Writes a message, unless Redis is still away. */
  private void knock() {
    Http.postJson(tally.messagesTo(app, chat), "{\"body\":\"knock\"}");
  }

  /** Takes numbers for messages, as a gateway would. */
  private void take(int count) {
    LettuceConnectionFactory connections = running.servers().redis();
    try {
      new StringRedisTemplate(connections)
          .opsForValue()
          .increment(keys().messages(new ChatName(new AppToken(app), chat)), count);
    } finally {
      connections.destroy();
    }
  }

  private PartitionKeys keys() {
    return new Partitions(16).of(new AppToken(app));
  }

  /** Persists messages whose numbers are taken, as a worker would if its hints got lost. */
  private void insert(long first, int count, String body) throws Exception {
    try (Connection connection = running.servers().mysql()) {
      connection.setAutoCommit(false);
      long id;
      try (ResultSet row = query(connection, "SELECT id FROM apps WHERE token = ?", app)) {
        assertThat(row.next()).isTrue();
        id = row.getLong(1);
      }
      for (long number = first; number < first + count; number++) {
        update(
            connection,
            "INSERT INTO messages VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6))",
            id,
            chat,
            number,
            body);
      }
      update(
          connection,
          """
          UPDATE chats SET messages_count = messages_count + ?
          WHERE app_id = ? AND number = ?\
          """,
          count,
          id,
          chat);
      update(
          connection,
          """
          INSERT INTO search_outbox
            (partition_number, app_id, chat_number, first_number, last_number, due_at)
          VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(6))\
          """,
          keys().partition(),
          id,
          chat,
          first,
          first + count - 1);
      connection.commit();
    }
  }

  private static ResultSet query(Connection connection, String sql, Object... arguments)
      throws SQLException {
    return statement(connection, sql, arguments).executeQuery();
  }

  private static void update(Connection connection, String sql, Object... arguments)
      throws SQLException {
    try (PreparedStatement statement = statement(connection, sql, arguments)) {
      assertThat(statement.executeUpdate()).isEqualTo(1);
    }
  }

  private static PreparedStatement statement(Connection connection, String sql, Object... arguments)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < arguments.length; i++) {
      statement.setObject(i + 1, arguments[i]);
    }
    return statement;
  }

  /** The value of a metric, 0 if it does not exist yet. */
  private static double metric(ConfigurableApplicationContext api, String name, String tag) {
    String metrics =
        Http.get(RunningTally.url(api) + "/actuator/prometheus").is(200).response().body();
    Matcher sample =
        Pattern.compile(
                "^%s\\{[^}]*%s[^}]*\\} (.+)$".formatted(name, Pattern.quote(tag)),
                Pattern.MULTILINE)
            .matcher(metrics);
    return sample.find() ? Double.parseDouble(sample.group(1)) : 0;
  }

  private static List<Long> oneTo(int count) {
    return LongStream.rangeClosed(1, count).boxed().toList();
  }
}
