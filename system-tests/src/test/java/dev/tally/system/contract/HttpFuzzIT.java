package dev.tally.system.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import dev.tally.testkit.http.Wire;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Sends requests with several mistakes. No answer is a server error or reveals internals. A refused
 * request writes nothing. An accepted request writes exactly the texts that another parser reads in
 * it.
 */
class HttpFuzzIT {

  /**
   * Internals that no answer may reveal. No request contains them, so an answer cannot just repeat
   * them.
   */
  private static final Pattern INSIDES =
      Pattern.compile(
          "Exception|\\bat"
              + " \\w+\\.\\w+|(org|com|dev|io)\\.(spring|apache|hibernate|mysql|tally|lettuce)"
              + "|java\\.|jakarta|jackson|tomcat|coyote|\\bSQL|SELECT|INSERT|jdbc|/tmp/|/root/|/home/|\\.java|\\.lua|redis:",
          Pattern.CASE_INSENSITIVE);

  private static TallyClient tally;
  private static LettuceConnectionFactory connections;
  private static StringRedisTemplate redis;
  private static Connection mysql;
  private static String app;
  private static long chat;
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
    app = tally.newApp();
    chat = tally.newChat(app);
    tally.awaitChats(app, chat);
    keys = new Partitions(16).of(new AppToken(app));
  }

  /** All accepted messages exist as they were sent, and no others. */
  @AfterContainer
  static void exactlyTheAcceptedMessagesExist() throws SQLException {
    long last = written().messages();
    tally.awaitMessages(app, chat, last);
    long read = 0;
    while (read < last) {
      JsonNode page =
          Http.get(tally.chatUrl(app, chat) + "/messages?limit=1000&after=" + read).is(200).json();
      for (JsonNode message : page) {
        read = message.path("number").asLong();
        String body = message.path("body").asString();
        assertThat(accepted.getOrDefault(read, _ -> false).test(body))
            .as("message %d, \"%s\", is as it was sent", read, body)
            .isTrue();
      }
    }
    tally.awaitChats(app, written().chats());
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
                    + " WHERE token = '%s'".formatted(app))) {
      row.next();
      return new Written(
          counter(keys.chats(new AppToken(app))),
          counter(keys.messages(new ChatName(new AppToken(app), chat))),
          row.getLong(1),
          row.getString(2));
    }
  }

  private static long counter(String key) {
    return Long.parseLong(Objects.requireNonNullElse(redis.opsForValue().get(key), "0"));
  }

  /** A request. Each character of its texts is one byte. */
  record Request(
      boolean gateway, String method, String target, Map<String, String> headers, String body) {

    /** A change to a request. */
    @FunctionalInterface
    interface Change extends UnaryOperator<Request> {}

    Request method(String changed) {
      return new Request(gateway, changed, target, headers, body);
    }

    Request target(String changed) {
      return new Request(gateway, method, changed, headers, body);
    }

    Request header(String name, String value) {
      Map<String, String> changed = new LinkedHashMap<>(headers);
      changed.put(name, value);
      return new Request(gateway, method, target, changed, body);
    }

    Request body(String changed) {
      return new Request(gateway, method, target, headers, changed);
    }

    String server() {
      return gateway ? tally.gateway() : tally.api();
    }

    String text() {
      StringBuilder text = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
      headers.forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
      if (!body.isEmpty()) {
        text.append("Content-Length: " + body.length() + "\r\n");
      }
      return text + "\r\n" + body;
    }
  }

  @Property
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void aRequestIsRefusedOrDoesWhatItSays(@ForAll("requests") Request request) throws SQLException {
    Written before = written();

    Wire.Exchange exchange = Wire.send(request.server(), request.text());

    assertThat(exchange.answers()).hasSizeBetween(exchange.cut() ? 0 : 1, 1);
    for (Wire.Answer answer : exchange.answers()) {
      check(answer);
      Statistics.collect(answer.status());
    }
    Written after = written();
    List<String> meant =
        exchange.answers().stream().anyMatch(answer -> answer.status() < 300) || exchange.cut()
            ? meant(request)
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
    Written before = written();

    Wire.Exchange exchange = Wire.send(gateway ? tally.gateway() : tally.api(), bytes);

    for (Wire.Answer answer : exchange.answers()) {
      check(answer);
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

  /**
   * Fails if the answer is a server error, reveals internals, or is an error that is not a problem
   * document.
   */
  private static void check(Wire.Answer answer) {
    assertThat(answer.headers()).doesNotContainKeys("server", "x-powered-by");
    assertThat(answer.headers().toString() + answer.body()).doesNotContainPattern(INSIDES);
    if (answer.status() == 0) {
      // An HTTP/0.9 answer is the page of the console or JSON.
      assertThat(answer.body().startsWith("<!doctype html>") || !json(answer.body()).isEmpty())
          .as(answer.body())
          .isTrue();
      return;
    }
    if ((answer.status() == 501 || answer.status() == 505)
        && answer.headers().containsKey("allow")) {
      // Tomcat itself answers OPTIONS * with an unknown version or coding. No filter sees it.
      assertThat(answer.body()).isEmpty();
      return;
    }
    // A 304 means that the page of the console has not changed.
    assertThat(answer.status() == 304 ? 2 : answer.status() / 100).as(answer.toString()).isIn(2, 4);
    if (answer.status() < 400) {
      return;
    }
    if (!answer.body().isEmpty()) {
      assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
      JsonNode problem = Http.JSON.readTree(answer.body().getBytes(StandardCharsets.ISO_8859_1));
      assertThat(problem.path("status").asInt()).isEqualTo(answer.status());
      assertThat(problem.path("type").asString()).startsWith("urn:tally:problem:");
      for (String member : new String[] {"title", "detail", "error"}) {
        assertThat(problem.path(member).asString()).as(member).isNotBlank();
      }
    }
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
      } else if (json.has("token") && !json.path("token").asString().equals(app)) {
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

  private static JsonNode json(String body) {
    try {
      return Http.JSON.readTree(body.getBytes(StandardCharsets.ISO_8859_1));
    } catch (JacksonException e) {
      return Http.JSON.createObjectNode();
    }
  }

  /** The texts that a request asks Tally to store, according to a lenient parser. */
  private static List<String> meant(Request request) {
    String field = request.gateway() ? "body" : "name";
    String type = request.headers().getOrDefault("Content-Type", "").toLowerCase(Locale.ROOT);
    if (request.body().isEmpty() || request.method().equals("GET")) {
      return List.of();
    }
    if (type.contains("form")) {
      try {
        return Arrays.stream(request.body().split("&"))
            .map(pair -> pair.split("=", 2))
            .filter(pair -> formDecoded(pair[0]).equals(field))
            .map(pair -> pair.length == 1 ? "" : formDecoded(pair[1]))
            .toList();
      } catch (IllegalArgumentException e) {
        // A broken percent sequence makes the whole form invalid.
        return List.of();
      }
    }
    List<String> objects =
        type.contains("ndjson")
            ? Arrays.asList(request.body().split("\n"))
            : List.of(request.body());
    return objects.stream().map(object -> json(object).path(field).asString("")).toList();
  }

  private static String formDecoded(String bytes) {
    return URLDecoder.decode(utf8(bytes), StandardCharsets.UTF_8);
  }

  private static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  @Provide
  Arbitrary<Request> requests() {
    return Combinators.combine(
            Arbitraries.lazyOf(HttpFuzzIT::soundRequests), changes().list().ofMaxSize(3))
        .as(
            (request, changes) -> {
              Request changed = request;
              for (Request.Change change : changes) {
                changed = change.apply(changed);
              }
              return changed;
            });
  }

  /**
   * Correct requests, and three that are refused for reasons that random changes rarely produce.
   * Every status that the property must see is then expected dozens of times, so a missing status
   * is a fault and not chance.
   */
  private static Arbitrary<Request> soundRequests() {
    String path = "/apps/" + app;
    String messages = path + "/chats/" + chat + "/messages";
    Map<String, String> plain = Map.of("Host", "localhost", "Connection", "close");
    Request post = new Request(true, "POST", messages, plain, "");
    Request read = new Request(false, "GET", path, plain, "");
    return Arbitraries.of(
        post.header("Content-Type", "application/json").body("{\"body\":\"hi\"}"),
        post.header("Content-Type", "application/json")
            .header("Idempotency-Key", "k")
            .body("{\"body\":\"once\"}"),
        post.header("Content-Type", "application/x-www-form-urlencoded").body("body=a+b%20c"),
        post.header("Content-Type", "application/x-ndjson")
            .body("{\"body\":\"one\"}\n{\"body\":\"two\"}"),
        post.target(path + "/chats"),
        read.target("/apps")
            .method("POST")
            .header("Content-Type", "application/json")
            .body("{\"name\":\"Acme\"}"),
        read.method("PUT")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body("name=Acme"),
        read.target("/apps"),
        read,
        read.target(path + "/chats"),
        read.target(path + "/chats/" + chat),
        read.target(messages),
        read.target(messages + "/1"),
        read.target(messages + "/search?q=hi"),
        post.header("Content-Type", "application/json")
            .body("{\"body\":\"" + "x".repeat(140_000) + "\"}"),
        post.header("Content-Type", "text/plain").body("hi"),
        read.header("Accept", "image/png"));
  }

  private static Arbitrary<Request.Change> changes() {
    return Arbitraries.frequencyOf(
        Tuple.of(1, Arbitraries.of(METHODS).map(method -> request -> request.method(method))),
        Tuple.of(3, headers()),
        Tuple.of(2, paths()),
        Tuple.of(2, queries()),
        Tuple.of(3, bodies()));
  }

  private static Arbitrary<Request.Change> headers() {
    Arbitrary<Header> odd =
        Arbitraries.of(HEADERS)
            .flatMap(
                header ->
                    Arbitraries.of(header.values()).map(value -> new Header(header.name(), value)));
    Arbitrary<Header> longs =
        Combinators.combine(
                Arbitraries.of(HEADERS).map(Headers::name), Arbitraries.of(255, 256, 3_000))
            .as((name, length) -> new Header(name, "x".repeat(length)));
    return Arbitraries.frequencyOf(Tuple.of(6, odd), Tuple.of(1, longs))
        .map(header -> request -> request.header(header.name(), header.value()));
  }

  private static Arbitrary<Request.Change> paths() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 6),
            Arbitraries.of(PATH_PARTS),
            Arbitraries.of(true, false))
        .as(
            (place, part, replaced) ->
                request -> {
                  List<String> parts =
                      new ArrayList<>(Arrays.asList(request.target().split("/", -1)));
                  int at = Math.min(place, parts.size());
                  if (replaced && at < parts.size()) {
                    parts.set(at, part);
                  } else {
                    parts.add(at, part);
                  }
                  return request.target(String.join("/", parts));
                });
  }

  private static Arbitrary<Request.Change> queries() {
    return Combinators.combine(
            Arbitraries.of("limit", "after", "before", "order", "q", "x", "body", "name", ""),
            Arbitraries.oneOf(
                Arbitraries.of(PARAMETERS),
                Arbitraries.of("9".repeat(30), "w+".repeat(500), "x".repeat(3_000)),
                Arbitraries.strings().ascii().ofMaxLength(12)))
        .as(
            (name, value) ->
                request ->
                    request.target(
                        request.target()
                            + (request.target().contains("?") ? "&" : "?")
                            + name
                            + "="
                            + value));
  }

  private static Arbitrary<Request.Change> bodies() {
    Arbitrary<String> large =
        Arbitraries.of(
            "{\"F\":\"" + "x".repeat(9_999) + "🎉\"}",
            "{\"F\":\"" + "x".repeat(10_001) + "\"}",
            "{\"F\":\"" + "x".repeat(140_000) + "\"}",
            "{\"F\":" + "[".repeat(3_000),
            "{\"F\":\"x\",\"y\":" + "9".repeat(2_000) + "}",
            "{\"F\":\"a\"}\n".repeat(1_001));
    Arbitrary<Request.Change> others =
        Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.of(BODIES)), Tuple.of(1, large))
            .map(
                body ->
                    request ->
                        request.body(
                            bytes(body.replace("F", request.gateway() ? "body" : "name"))));
    Arbitrary<Request.Change> damaged =
        Combinators.combine(
                Arbitraries.doubles().between(0, 1),
                Arbitraries.integers().between(0, 3),
                Arbitraries.oneOf(
                    Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(3),
                    Arbitraries.of(FRAGMENTS)))
            .as(
                (place, cut, put) ->
                    request -> request.body(spliced(request.body(), place, cut, put)));
    return Arbitraries.oneOf(others, damaged);
  }

  private static String spliced(String text, double place, int cut, String put) {
    int from = (int) (place * text.length());
    return text.substring(0, from) + put + text.substring(Math.min(text.length(), from + cut));
  }

  private static final List<String> METHODS =
      items(
          """
          TRACE¦OPTIONS¦HEAD¦CONNECT¦DELETE¦PATCH¦PUT¦GET¦POST¦PROPFIND¦get¦FOO¦PRI
          """);

  private record Header(String name, String value) {}

  /** A header, and the values that it may get. */
  private record Headers(String name, List<String> values) {}

  private static final List<Headers> HEADERS =
      """
      Accept:text/html¦*/*¦¦;;;¦application/json;q=0¦image/*;q=x¦a/b, c/d¦application/problem+json¦text/event-stream
      Content-Type:application/json¦application/json;charset=utf-8¦application/json;charset="UTF-8"¦application/json;;
      Content-Type:application/json;charset=latin1¦application/json;charset=¦application/json;charset=\u00fc¦*/*¦/¦
      Content-Type:application/x-www-form-urlencoded¦application/x-ndjson¦multipart/form-data¦application/*
      Content-Type:multipart/form-data; boundary=x¦text/plain¦application/json; x="¦application/json, text/plain
      Idempotency-Key:k¦¦ ¦a b¦\u00e9¦{*}¦"q"
      traceparent:00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01¦¦00¦"}
      tracestate:a=b¦=
      Accept-Encoding:gzip¦br;q=1¦*;q=0¦identity;q=0¦\u00ff
      Accept-Language:de¦*¦xx-\u00e9¦;q=
      Accept-Charset:utf-16¦iso-8859-1;q=0¦x
      Range:bytes=0-1¦bytes=-¦bytes=5-2¦lines=1¦bytes=0-0,1-1
      If-None-Match:*¦"x"¦x
      If-Match:*¦"x"
      If-Modified-Since:yesterday¦Thu, 01 Jan 1970 00:00:00 GMT
      Expect:100-continue¦200-ok¦
      X-HTTP-Method-Override:DELETE¦PUT¦POST
      X-Forwarded-Host:evil.example¦a,b¦[¦
      X-Forwarded-Proto:https¦javascript¦
      X-Forwarded-Prefix:/x¦\\¦//
      Forwarded:host=x;proto=y¦for=¦;
      Host:¦a b¦localhost:99999¦[::1¦-¦\u00e9
      Origin:http://evil.example¦null¦
      Access-Control-Request-Method:PUT
      Content-Encoding:gzip¦x
      Content-Length:0¦3¦-1¦+1¦0x1¦999999999999999999999999¦1,1¦
      Transfer-Encoding:chunked¦gzip¦identity¦x¦chunked, chunked¦
      Upgrade:h2c¦websocket¦TLS/1.0
      Cookie:a=b¦=¦;¦JSESSIONID=x¦\u00ff=\u00ff
      Authorization:Basic x¦Bearer
      X-\u00e9:x
      X Y:x
      """
          .lines()
          .map(line -> line.split(":", 2))
          .map(parts -> new Headers(parts[0], items(parts[1])))
          .toList();

  private static final List<String> PATH_PARTS =
      items(
          """
          ¦.¦..¦%2e%2e¦%00¦%ZZ¦%2F¦%5C¦;x=y¦%3Bx¦%c0%af¦%ff¦\u00e2\u0098\u0083¦%E2%98%83¦0¦-1¦01¦1e3¦1.0¦%31
          ¦999999999999999¦9999999999999999¦search¦messages¦chats¦{token}¦[¦|¦a b¦*¦'¦
          0123456789abcdef0123456789abcdef¦0123456789ABCDEF0123456789ABCDEF¦xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
          """);

  private static final List<String> PARAMETERS =
      items(
          """
          ¦0¦1¦-1¦1000¦1001¦asc¦desc¦DESC¦%¦%ff¦%00¦%zz¦%f0%9f%8e%89¦a%20b¦*¦"¦'¦%22¦(¦%5B¦a\u00e9¦1&limit=2¦1;2
          ¦0123456789abcdef0123456789abcdef
          """);

  /** {@code F} stands for the name of the field. */
  private static final List<String> BODIES =
      items(
          """
          ¦ ¦{¦[]¦null¦"x"¦1¦{}¦{"F":null}¦{"F":1}¦{"F":[]}¦{"F":""}¦{"F":"a\\u0000"}¦{"F":"\\ud800"}
          ¦{"F":"a","F":"b"}¦{"F":"\\ud83c\\udf89"}¦\ufeff{"F":"a"}¦{"":{"F":"x"},"F":"ü"}¦F=a&F=b¦F=%¦F=%ff¦F=%00
          ¦F¦=F¦F=+¦F=%F0%9F%8E%89¦f=x&F=y¦{"F":"a"}⏎⏎{"F":"b"}¦{"F":"a"}⏎{"F":"b"}⏎
          """);

  private static final List<String> FRAGMENTS =
      items("\u00c0\u00af¦\u00ed\u00a0\u0080¦\u00f0\u009f¦\0¦\\¦\"¦}¦%¦&¦\u00c3\u00bc");

  @Provide
  Arbitrary<String> bytes() {
    Arbitrary<UnaryOperator<String>> spliced =
        Combinators.combine(
                Arbitraries.doubles().between(0, 1),
                Arbitraries.integers().between(0, 4),
                Arbitraries.oneOf(
                    Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(4),
                    Arbitraries.of("\r\n", "\r", "\n", "\0", " ", "\t", ":", "0\r\n\r\n")))
            .as((place, cut, put) -> text -> spliced(text, place, cut, put));
    Arbitrary<UnaryOperator<String>> withHeader =
        Arbitraries.oneOf(
                Arbitraries.of(HEADER_LINES),
                Arbitraries.of("X: " + "x".repeat(20_000), "X: y\r\n".repeat(300) + "X: y"))
            .map(line -> text -> replaced(text, "\r\n", "\r\n" + line + "\r\n"));
    Arbitrary<UnaryOperator<String>> otherRequestLine =
        Arbitraries.oneOf(
                Arbitraries.of(REQUEST_LINES),
                Arbitraries.of(
                    "GET /" + "a".repeat(20_000) + " HTTP/1.1",
                    "A".repeat(20_000) + " / HTTP/1.1",
                    "GET /apps?" + "a=b&".repeat(3_000) + " HTTP/1.1"))
            .map(line -> text -> line + text.substring(Math.max(0, text.indexOf("\r\n"))));
    Arbitrary<UnaryOperator<String>> otherVersion =
        Arbitraries.of(VERSIONS).map(version -> text -> replaced(text, "HTTP/1.1", version));
    Arbitrary<UnaryOperator<String>> otherChunkSize =
        Arbitraries.of(CHUNK_SIZES)
            .map(size -> text -> replaced(text, "\r\n\r\n10\r\n", "\r\n\r\n" + size + "\r\n"));
    Arbitrary<UnaryOperator<String>> otherLineEnds =
        Arbitraries.of("\n", "\r", "").map(end -> text -> text.replace("\r\n", end));
    Arbitrary<UnaryOperator<String>> withJunk =
        Arbitraries.oneOf(Arbitraries.of(JUNK), Arbitraries.just("x".repeat(20_000)))
            .map(junk -> text -> text + junk);
    Arbitrary<UnaryOperator<String>> cut =
        Arbitraries.doubles()
            .between(0, 1)
            .map(place -> text -> text.substring(0, (int) (place * text.length())));
    return Combinators.combine(
            Arbitraries.lazyOf(HttpFuzzIT::requestTexts).list().ofMinSize(1).ofMaxSize(2),
            Arbitraries.oneOf(
                    spliced,
                    withHeader,
                    otherRequestLine,
                    otherVersion,
                    otherChunkSize,
                    otherLineEnds,
                    withJunk,
                    cut)
                .list()
                .ofMaxSize(4))
        .as(
            (texts, changes) -> {
              String text = String.join("", texts);
              for (UnaryOperator<String> change : changes) {
                text = change.apply(text);
              }
              return text;
            });
  }

  private static String replaced(String text, String first, String by) {
    int at = text.indexOf(first);
    return at < 0 ? text : text.substring(0, at) + by + text.substring(at + first.length());
  }

  private static Arbitrary<String> requestTexts() {
    String messages = "/apps/" + app + "/chats/" + chat + "/messages";
    String json = "HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    return Arbitraries.of(
        "GET /apps?limit=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET " + messages + "/1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "HEAD /apps/" + app + " HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /apps/" + app + "/chats HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST " + messages + " " + json + "Content-Length: 16\r\n\r\n{\"body\":\"12345\"}",
        "POST "
            + messages
            + " "
            + json
            + "Transfer-Encoding: chunked\r\n\r\n10\r\n{\"body\":\"67890\"}\r\n0\r\n\r\n",
        "PUT /apps/" + app + " " + json + "Content-Length: 16\r\n\r\n{\"name\":\"24680\"}");
  }

  private static final List<String> HEADER_LINES =
      items(
          """
           folded¦X: a⏎ b¦no colon¦: no name¦X\0: y¦X: \0¦X: \u00ff\u00fe¦\u00e9: y¦X: y\rZ: z¦Host: y¦Host:¦Trailer: Host
          ¦Content-Length: 5¦Content-Length: 16¦Content-Length: 0¦Content-Length: +16¦Content-Length: -1¦Content-Length:
          ¦Content-Length: 0x10¦Content-Length: 16, 16¦Content-Length : 16¦Content-Length: 999999999999999999999999999
          ¦Transfer-Encoding: chunked¦Transfer-Encoding: gzip¦Transfer-Encoding: gzip, chunked¦Transfer-Encoding: identity
          ¦Transfer-Encoding: chunked, chunked¦Transfer-Encoding: chunked, gzip¦Transfer-Encoding : chunked
          ¦Transfer-Encoding: \13chunked¦Transfer-Encoding: "chunked"¦TE: trailers¦Expect: 100-continue¦Expect: x
          ¦Connection: close, x¦Connection: Upgrade⏎Upgrade: h2c⏎HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA
          ¦Connection: Upgrade⏎Upgrade: websocket⏎Sec-WebSocket-Version: 13⏎Sec-WebSocket-Key: x
          """);

  private static final List<String> REQUEST_LINES =
      items(
          """
          ¦GET¦GET ¦GET /apps¦GET /apps ¦GET  /apps HTTP/1.1¦GET\t/apps\tHTTP/1.1¦ GET /apps HTTP/1.1¦GET apps HTTP/1.1
          ¦GET http://x/apps?limit=1 HTTP/1.1¦GET http:///apps HTTP/1.1¦GET ftp://x/apps HTTP/1.1¦GET //x/apps HTTP/1.1
          ¦GET * HTTP/1.1¦OPTIONS * HTTP/1.1¦CONNECT x:80 HTTP/1.1¦CONNECT /apps HTTP/1.1¦TRACE /apps HTTP/1.1
          ¦PRI * HTTP/2.0¦GET /apps#x HTTP/1.1¦GET /apps?\u00ff HTTP/1.1¦GET /\u00c0\u00af HTTP/1.1¦GET /%c0%af HTTP/1.1
          ¦GET /apps/%u0041 HTTP/1.1¦GET /apps/..%2f..%2fetc HTTP/1.1¦GET /apps\\..\\etc HTTP/1.1¦GET /../../etc HTTP/1.1
          ¦GET /apps\0 HTTP/1.1¦G\0T /apps HTTP/1.1¦GE(T /apps HTTP/1.1¦GET /apps?a=%zz HTTP/1.1¦GET /apps;x=%zz HTTP/1.1
          ¦GET /apps;jsessionid=x?limit=1 HTTP/1.1¦GET /error HTTP/1.1¦GET /actuator/env HTTP/1.1¦GET /favicon.ico HTTP/1.1
          ¦GET /actuator/health/%00 HTTP/1.1¦POST /actuator/health HTTP/1.1
          """);

  private static final List<String> VERSIONS =
      items("HTTP/0.9¦HTTP/1.0¦HTTP/1.2¦HTTP/2.0¦HTTP/9.9¦http/1.1¦HTTP/1.1.1¦HTTP/¦JUNK/1.1¦");

  private static final List<String> CHUNK_SIZES =
      items("3;x=y¦FFFFFFFFFFFFFFFF¦-1¦¦zz¦0005¦5 ¦11¦10;" + "x".repeat(5_000));

  private static final List<String> JUNK =
      items("⏎¦\0\0\0¦PRI * HTTP/2.0⏎⏎SM⏎⏎¦GET / HTTP/1.1⏎¦\u0016\u0003\u0001\u0002\0\u0001");

  /** Splits a block at its bars. An item may continue on the next line. ⏎ stands for CR LF. */
  private static List<String> items(String block) {
    return Arrays.stream(block.replace("\n", "").split("¦", -1))
        .map(item -> item.replace("⏎", "\r\n"))
        .toList();
  }
}
