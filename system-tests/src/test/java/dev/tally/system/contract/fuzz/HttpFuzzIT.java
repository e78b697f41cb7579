package dev.tally.system.contract.fuzz;

import static dev.tally.system.contract.fuzz.Texts.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import dev.tally.testkit.http.Wire;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.JsonNode;

/**
 * Sends requests with several mistakes. No answer is a server error or reveals internals. A refused
 * request writes nothing. An accepted request writes exactly the texts that another parser reads in
 * it.
 */
class HttpFuzzIT {

  private static TallyClient tally;
  private static LettuceConnectionFactory connections;
  private static StringRedisTemplate redis;
  private static Connection mysql;
  private static Place place;
  private static PartitionKeys keys;

  /** The check for the body of each accepted message, by number. */
  private static final Map<Long, Predicate<String>> accepted = new TreeMap<>();

  @BeforeContainer
  static void start() throws SQLException {
    RunningTally running = RunningTally.shared();
    tally = TallyClient.of(running);
    connections = running.servers().redis();
    redis = new StringRedisTemplate(connections);
    mysql = running.servers().mysql();
    String app = tally.newApp();
    long chat = tally.newChat(app);
    place = new Place(app, chat);
    tally.awaitChats(app, chat);
    keys = new Partitions(16).of(place.name().app());
  }

  /** All accepted messages exist as they were sent, and no others. */
  @AfterContainer
  static void exactlyTheAcceptedMessagesExist() throws SQLException {
    long last = written().messages();
    tally.awaitMessages(place.app(), place.chat(), last);
    long read = 0;
    while (read < last) {
      JsonNode page =
          Http.get(tally.chatUrl(place.app(), place.chat()) + "/messages?limit=1000&after=" + read)
              .is(200)
              .json();
      for (JsonNode message : page) {
        read = message.path("number").asLong();
        String body = message.path("body").asString();
        assertThat(accepted.getOrDefault(read, _ -> false).test(body))
            .as("message %d, \"%s\", is as it was sent", read, body)
            .isTrue();
      }
    }
    tally.awaitChats(place.app(), written().chats());
    mysql.close();
    connections.destroy();
  }

  /** Counts everything that has been written so far. */
  private record Written(long chats, long messages, long apps, String name) {}

  private static Written written() throws SQLException {
    try (Statement statement = mysql.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT (SELECT COUNT(*) FROM apps), name FROM apps"
                    + " WHERE token = '%s'".formatted(place.app()))) {
      row.next();
      return new Written(
          counter(keys.chats(place.name().app())),
          counter(keys.messages(place.name())),
          row.getLong(1),
          row.getString(2));
    }
  }

  private static long counter(String key) {
    Object counter = redis.opsForHash().get(key, PartitionKeys.NUMBERS);
    return counter == null ? 0 : Long.parseLong((String) counter);
  }

  @Property
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void aRequestIsRefusedOrDoesWhatItSays(@ForAll("requests") Request request) throws SQLException {
    Assume.that(!deletesMuch(request.text()));
    Written before = written();

    Wire.Exchange exchange =
        Wire.send(request.gateway() ? tally.gateway() : tally.api(), request.text());

    assertThat(exchange.answers()).hasSizeBetween(exchange.cut() ? 0 : 1, 1);
    for (Wire.Answer answer : exchange.answers()) {
      AnswerCheck.check(answer);
      Statistics.collect(answer.status());
    }
    Written after = written();
    List<String> meant =
        exchange.answers().stream().anyMatch(answer -> answer.status() < 300) || exchange.cut()
            ? Meaning.texts(request)
            : List.of();
    account(before, after, exchange, text -> meant.contains(text), meant);
    Statistics.coverage(
        coverage -> {
          for (int status : new int[] {200, 201, 400, 404, 405, 406, 413, 415, 422}) {
            coverage.check(status).count(count -> count > 0);
          }
        });
  }

  @Property
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void malformedHttpIsRefusedOrDoesWhatItSays(
      @ForAll boolean gateway, @ForAll("bytes") String bytes) throws SQLException {
    Assume.that(!deletesMuch(bytes));
    Written before = written();

    Wire.Exchange exchange = Wire.send(gateway ? tally.gateway() : tally.api(), bytes);

    for (Wire.Answer answer : exchange.answers()) {
      AnswerCheck.check(answer);
      Statistics.collect(answer.status());
    }
    // Bodies in this test are digits, which nothing escapes.
    account(
        before,
        written(),
        exchange,
        text ->
            bytes.contains(
                new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)),
        null);
    Statistics.coverage(
        coverage -> {
          for (int status : new int[] {200, 201, 400, 404}) {
            coverage.check(status).count(count -> count > 0);
          }
        });
  }

  /** What deletes the chat or the app would take the place of all other requests away. */
  private static boolean deletesMuch(String request) {
    return request.contains("DELETE ") && !request.contains("/messages/");
  }

  @Provide
  Arbitrary<Request> requests() {
    return Requests.withMistakes(() -> place);
  }

  @Provide
  Arbitrary<String> bytes() {
    return RawRequests.withMistakes(() -> place);
  }

  /**
   * Fails unless exactly the writes happened that the answers report.
   *
   * @param sent whether the request contains this text
   * @param all all texts of the request in order, if they are known
   */
  private static void account(
      Written before,
      Written after,
      Wire.Exchange exchange,
      Predicate<String> sent,
      @Nullable List<String> all) {
    long chats = 0;
    long apps = 0;
    List<Long> messages = new ArrayList<>();
    boolean renamed = false;
    for (Wire.Answer answer : exchange.answers()) {
      JsonNode json = answer.status() < 300 ? json(answer.body()) : Http.JSON.createObjectNode();
      if (json.path("chat_number").asLong() > before.chats()) {
        chats++;
      } else if (json.has("message_number")) {
        messages.add(json.path("message_number").asLong());
      } else if (json.has("first_message_number")) {
        for (long number = json.path("first_message_number").asLong();
            number <= json.path("last_message_number").asLong();
            number++) {
          messages.add(number);
        }
      } else if (json.has("token") && !json.path("token").asString().equals(place.app())) {
        apps++;
        assertThat(sent.test(json.path("name").asString())).isTrue();
      } else if (json.has("token") && !json.path("name").asString().equals(before.name())) {
        renamed |= sent.test(json.path("name").asString());
      }
    }
    if (all != null && !messages.isEmpty()) {
      assertThat(messages).hasSameSizeAs(all);
      if (messages.getFirst() <= before.messages()) {
        // An earlier request used this Idempotency-Key, so it must have had the same texts.
        for (int i = 0; i < all.size(); i++) {
          assertThat(accepted.get(messages.get(i))).accepts(all.get(i));
        }
        messages.clear();
      }
    }
    if (!exchange.cut()) {
      assertThat(after)
          .isEqualTo(
              new Written(
                  before.chats() + chats,
                  before.messages() + messages.size(),
                  before.apps() + apps,
                  renamed ? after.name() : before.name()));
    }
    for (long number = before.messages() + 1; number <= after.messages(); number++) {
      int index = (int) (number - before.messages() - 1);
      accepted.put(number, all == null ? sent : all.get(index)::equals);
    }
  }
}
