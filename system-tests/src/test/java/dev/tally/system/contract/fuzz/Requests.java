package dev.tally.system.contract.fuzz;

import static dev.tally.system.contract.fuzz.Texts.bytes;
import static dev.tally.system.contract.fuzz.Texts.items;
import static dev.tally.system.contract.fuzz.Texts.spliced;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random requests to both services: what is correct, and the mistakes that are made in it. */
final class Requests {

  private static final String BATCH_OF_CHANGES =
      """
      {"expected_revision":999999999999999,"message_number":1,"body":"new"}
      {"expected_revision":999999999999999,"message_number":1,"deleted":true}
      """;

  private Requests() {}

  /** Correct requests with up to three mistakes each. */
  static Arbitrary<Request> withMistakes(Supplier<Place> where) {
    return Combinators.combine(
            Arbitraries.lazyOf(() -> sound(where.get())), changes().list().ofMaxSize(3))
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
  private static Arbitrary<Request> sound(Place place) {
    String path = place.appPath();
    String messages = place.messagesPath();
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
        // The messages stay as they were sent: none ever has this revision.
        post.method("PATCH").header("Content-Type", "application/x-ndjson").body(BATCH_OF_CHANGES),
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
        read.target(path + "/chats/" + place.chat()),
        read.target(messages),
        read.target(messages + "/1"),
        read.target(messages + "/search?q=hi"),
        read.target(messages + "/search?q=hi&order=newest"),
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
}
