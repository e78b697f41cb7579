package dev.tally.system.contract.fuzz;

import static dev.tally.system.contract.fuzz.Texts.items;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import dev.tally.testkit.http.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Sends requests one part of which has any length. Each gets an answer or a problem with a body,
 * none is a server error, and no line of the log grows with the request.
 */
@ExtendWith(OutputCaptureExtension.class)
class LengthsIT {

  private static final int LONGEST_LOG_LINE = 500;

  /** Most of them are around the 8 KiB that a request's head may have. */
  private static final List<Integer> LENGTHS =
      Stream.of(
              IntStream.of(1, 2, 16, 33, 100, 256, 257, 1_001, 2_000, 4_100, 6_000),
              IntStream.iterate(7_400, length -> length < 8_300, length -> length + 75),
              IntStream.of(16_384, 65_536, 140_000))
          .flatMapToInt(lengths -> lengths)
          .boxed()
          .toList();

  /**
   * Paths with a part that is repeated up to the length: what stands between « and ». T is an app's
   * token.
   */
  private static final List<String> PATHS =
      items(
          """
          «/»¦/«a»¦/«%20»¦/«a/»¦/apps/«0»¦/apps/T«0»¦/apps/T/«a»¦/apps/T/chats/«9»¦/apps/T/chats/«a»¦/apps/T/chats/1/«a»
          ¦/apps/T/chats/1/messages/«9»¦/apps/T/chats/1/messages/«%F0%9F%8E%89»¦/apps/T/chats/1/messages/«../»x
          ¦/console/«a»¦/console/«a/»¦/docs/«a»¦/openapi.json«a»¦/actuator/«a»¦/actuator/health/«a»¦/error/«a»
          ¦/apps?«a»¦/apps?«a»=1¦/apps?limit=1&x=«a»¦/apps?limit=1&«x&»¦/apps?limit=1&«x=y&»¦/apps?limit=1«&»¦/apps?limit=1&«%61»=1
          ¦/apps?after=«0»¦/apps?limit=«1»¦/apps?limit=1&«limit=1&»
          ¦/apps/T/chats?limit=1&«a»¦/apps/T/chats?limit=1&«a»=1¦/apps/T/chats?limit=1&x=«a»¦/apps/T/chats?limit=1&x=«%20»
          ¦/apps/T/chats?limit=1&«x&»¦/apps/T/chats?limit=1&«=»¦/apps/T/chats?limit=1&after=«0»¦/apps/T/chats?before=«9»
          ¦/apps/T/chats?order=«desc»¦/apps/T/chats?order=desc&limit=1&x=«a»
          ¦/apps/T/chats/1/messages?limit=1&x=«a»¦/apps/T/chats/1/messages?limit=1&«a»=¦/apps/T/chats/1/messages?after=«1»
          ¦/apps/T/chats/1/messages/stream?after=«x»
          ¦/apps/T/chats/1/search?q=«a»¦/apps/T/chats/1/search?q=«a+»¦/apps/T/chats/1/search?q=«%F0%9F%8E%89»
          ¦/apps/T/chats/1/search?q=hello&limit=1&x=«a»¦/apps/T/chats/1/search?q=hello&after=«A»
          ¦/apps/T/chats/1/messages/search?q=hello«%20»&limit=1¦/apps/T/chats/1/messages/search?limit=1&q=hello«%2B»
          ¦/apps/T/chats/1/search?limit=1&«q=hello&»
          """);

  /** Header lines with a repeated part, ⏎ between two lines. */
  private static final List<String> HEADERS =
      items(
          """
          «a»: b¦X: «a»¦X:« »b¦«X: y⏎»X: y¦Host: «a»¦Host: localhost:«9»¦Accept: «a»/b¦Accept: «a/b,»a/b¦Accept: application/json;«a»=b
          ¦Accept: application/«a»+json
          ¦Accept: application/json;q=0.«9»¦Accept-Encoding: «gzip,»x¦Accept-Language: «en,»de¦Accept-Charset: «utf-8,»x
          ¦Authorization: «a»¦Authorization: Bearer «a»¦Content-Type: «a»¦Content-Type: «a»/b¦Content-Type: application/json;«a»=b
          ¦Content-Type: application/json;charset=«a»¦Content-Length: «0»¦Content-Length: «9»¦Idempotency-Key: «a»
          ¦Idempotency-Key: «%»¦Last-Event-ID: «a»¦Origin: «a»¦Origin: http://«a»¦Cookie: «a»=b¦Cookie: «a=b;»a=b
          ¦Origin: http://localhost:3000⏎Access-Control-Request-Method: POST⏎Access-Control-Request-Headers: «a»
          ¦Origin: http://localhost:3000⏎Access-Control-Request-Method: «A»¦traceparent: «0»¦traceparent: 00-«a»-01⏎tracestate: «a»
          ¦traceparent: 00-0123456789abcdef0123456789abcdef-0123456789abcdef-01⏎tracestate: a=«b»¦baggage: «a=b,»a=b
          ¦X-Forwarded-For: «a»¦X-Forwarded-For: «1.1.1.1,»1.1.1.1¦X-Forwarded-Proto: «a»¦X-Forwarded-Host: «a»¦Forwarded: for=«a»
          ¦X-Forwarded-Prefix: /«a»¦If-None-Match: "«a»"¦If-None-Match: «"a",»"b"¦If-Modified-Since: «a»¦Range: bytes=«0-1,»0-1
          ¦Expect: «a»¦Transfer-Encoding: «a»¦Transfer-Encoding: «x,»chunked¦TE: «a»¦Trailer: «a»¦Upgrade: «a»¦Referer: http://«a»
          ¦User-Agent: «a»¦X-HTTP-Method-Override: «A»
          """);

  /** Bodies with a repeated part, behind their media types. @ is the field that the route wants. */
  private static final List<String> BODIES =
      items(
          """
          application/json {"«a»": 1}¦application/json {"@": "«a»"}¦application/json {"@": "«\\u0001»"}¦application/json {"@": «9»}
          ¦application/json {"x": «[»1¦application/json {"@": "b", "x": «9»}¦application/json {"@": "", "«a»": "b"}
          ¦application/json «{"x":»1¦application/json « »{}¦application/json «x»¦application/json «\0»
          ¦application/x-www-form-urlencoded «a»=b¦application/x-www-form-urlencoded @=«a»
          ¦application/x-www-form-urlencoded @=&«x=y&»¦application/x-www-form-urlencoded @=«%F0%9F%8E%89»
          ¦application/x-www-form-urlencoded «&»¦application/x-ndjson «a»¦application/x-ndjson {"body": "«a»"}
          ¦application/x-ndjson «{"body": "a"}⏎»¦text/plain «a»
          """);

  private static TallyClient tally;
  private static String app = "";

  private final LoggingSystem logging = LoggingSystem.get(LoggingSystem.class.getClassLoader());

  @BeforeAll
  static void start() {
    tally = TallyClient.of(RunningTally.shared());
    app = tally.newApp();
    for (int i = 0; i < 2; i++) {
      tally.newChat(app);
      tally.say(app, 1, "hello");
      // A second app, so that the list of apps has a second page, too.
      tally.newApp();
    }
    tally.awaitChats(app, 2);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Http.get(tally.chatUrl(app, 1) + "/search?q=hello").json().size() == 2);
  }

  @BeforeEach
  void logAsMuchAsAnOperatorWould() {
    logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.INFO);
  }

  @AfterEach
  void logLittle() {
    logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.WARN);
  }

  static List<String> paths() {
    return PATHS;
  }

  static List<String> headers() {
    return HEADERS;
  }

  static List<String> bodies() {
    return BODIES;
  }

  @ParameterizedTest
  @MethodSource("paths")
  void aPathOrAQueryOfAnyLengthIsAnswered(String path, CapturedOutput output) {
    String rest = " " + path.replace("T", app) + " HTTP/1.1\r\nHost: localhost\r\n";

    check("GET" + rest, "POST" + rest, "", output);
  }

  @ParameterizedTest
  @MethodSource("headers")
  void aHeaderOfAnyLengthIsAnswered(String header, CapturedOutput output) {
    boolean accept = header.startsWith("Accept: ");
    String read =
        header.startsWith("Last-Event-ID") ? "/chats/1/messages/stream" : "/chats?limit=1";
    String method = header.contains("Access-Control") ? "OPTIONS" : "POST";
    String rest =
        " HTTP/1.1\r\n"
            + (header.startsWith("Host") ? "" : "Host: localhost\r\n")
            + header
            + "\r\n";

    check(
        "GET /apps/" + app + (accept ? "" : read) + rest,
        method + " /apps/" + app + "/chats" + (accept ? "" : "/1/messages") + rest,
        "",
        output);
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void aBodyOfAnyLengthIsAnswered(String body, CapturedOutput output) {
    int space = body.indexOf(' ');
    String rest =
        " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + body.substring(0, space) + "\r\n";

    check(
        "PUT /apps/" + app + rest,
        "POST /apps/" + app + "/chats/1/messages" + rest,
        body.substring(space + 1),
        output);
  }

  @ParameterizedTest
  @MethodSource("requestLines")
  void aRequestLineOfAnyLengthIsAnswered(String line, CapturedOutput output) {
    check(line + "\r\nHost: localhost\r\n", line + "\r\nHost: localhost\r\n", "", output);
  }

  static List<String> requestLines() {
    return List.of(
        "«A» /apps HTTP/1.1",
        "GET«A» /apps?limit=1 HTTP/1.1",
        "GET« »/apps HTTP/1.1",
        "GET /apps HTTP/1.«1»",
        "GET /apps «H»TTP/1.1",
        "«\r\n»GET /apps HTTP/1.1");
  }

  /** Sends requests with their repeated part in all lengths. */
  private static void check(String toApi, String toGateway, String body, CapturedOutput output) {
    int before = output.length();
    for (int length : LENGTHS) {
      answered(tally.api(), toApi, body.replace("@", "name"), length);
      answered(tally.gateway(), toGateway, body.replace("@", "body"), length);
    }
    List<String> longLines = new ArrayList<>();
    output
        .toString()
        .substring(before)
        .lines()
        .filter(line -> line.length() > LONGEST_LOG_LINE)
        .forEach(line -> longLines.add(line.substring(0, LONGEST_LOG_LINE)));
    assertThat(longLines).isEmpty();
  }

  private static void answered(String service, String head, String body, int length) {
    String content = filled(body, length);
    String framing = body.isEmpty() ? "" : "Content-Length: " + content.length() + "\r\n";
    Wire.Exchange exchange =
        Wire.send(service, filled(head, length) + framing + "Connection: close\r\n\r\n" + content);

    assertThat(exchange.answers()).hasSizeBetween(exchange.cut() ? 0 : 1, 1);
    for (Wire.Answer answer : exchange.answers()) {
      assertThat(answer).as("%d: %s%s", length, head, body).satisfies(AnswerCheck::check);
      // The actuator's answer to an unknown part of the health has no body.
      if (answer.status() >= 400 && !head.contains("/actuator/health")) {
        assertThat(answer.body()).as("%d: %s%s", length, head, body).isNotEmpty();
      }
    }
  }

  /** Repeats the part between « and » until it has the length. */
  private static String filled(String template, int length) {
    int open = template.indexOf('«');
    if (open < 0) {
      return template;
    }
    int close = template.indexOf('»');
    String part = template.substring(open + 1, close);
    return template.substring(0, open)
        + part.repeat(Math.max(1, length / part.length()))
        + template.substring(close + 1);
  }
}
