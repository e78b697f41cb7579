package dev.tally.system.contract.fuzz;

import static dev.tally.system.contract.fuzz.Texts.items;
import static dev.tally.system.contract.fuzz.Texts.spliced;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Random bytes that are HTTP, or nearly so. */
final class RawRequests {

  private RawRequests() {}

  /** One or two correct requests on one connection, with up to four mistakes. */
  static Arbitrary<String> withMistakes(Supplier<Place> where) {
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
            Arbitraries.lazyOf(() -> sound(where.get())).list().ofMinSize(1).ofMaxSize(2),
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

  private static Arbitrary<String> sound(Place place) {
    String app = place.appPath();
    String messages = place.messagesPath();
    String json = "HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    return Arbitraries.of(
        "GET /apps?limit=1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET " + messages + "/1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "HEAD " + app + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST " + app + "/chats HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST " + messages + " " + json + "Content-Length: 16\r\n\r\n{\"body\":\"12345\"}",
        "POST "
            + messages
            + " "
            + json
            + "Transfer-Encoding: chunked\r\n\r\n10\r\n{\"body\":\"67890\"}\r\n0\r\n\r\n",
        "PUT " + app + " " + json + "Content-Length: 16\r\n\r\n{\"name\":\"24680\"}");
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
}
