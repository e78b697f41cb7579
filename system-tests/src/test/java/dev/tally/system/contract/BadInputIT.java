package dev.tally.system.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import dev.tally.testkit.http.Wire;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every bad request gets a clear 4xx, and writes nothing. */
class BadInputIT {

  private static TallyClient tally;

  private String app = "";
  private long chat;
  private String apps = "";
  private String messages = "";

  @BeforeAll
  static void start() {
    tally = TallyClient.of(RunningTally.shared());
  }

  @BeforeEach
  void makeApp() {
    app = tally.newApp();
    chat = tally.newChat(app);
    apps = tally.api() + "/apps";
    messages = tally.messagesTo(app, chat);
  }

  @AfterEach
  void nothingWasWritten() {
    assertThat(tally.say(app, chat, "the first message")).isEqualTo(1);
    assertThat(tally.newChat(app)).isEqualTo(chat + 1);
    tally.awaitMessages(app, chat, 1);
    assertThat(Http.get(tally.appUrl(app)).text("name")).isEqualTo("Acme");
  }

  /** Tomcat refuses TRACE itself, before any Spring filter sees the request. */
  @ParameterizedTest
  @ValueSource(strings = {"", "x y", "utf-99"})
  void anUnknownCharsetIsNoServerErrorForAnyMethod(String charset) {
    for (String service : new String[] {tally.api(), tally.gateway()}) {
      Wire.Exchange exchange =
          Wire.send(
              service,
              "TRACE /apps HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                  + "Content-Type: application/json;charset=%s\r\n\r\n".formatted(charset));

      assertThat(exchange.answers()).singleElement().extracting(Wire.Answer::status).isEqualTo(405);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "\"x\"",
        "null",
        "{\"name\":\"x\"",
        "{\"name\":\"x\"} x",
        "{\"name\":\"x\",\"name\":\"y\"}",
        "{\"name\":1}",
        "{\"name\":[\"x\"]}",
        "{\"name\":true}",
        "{\"name\":{}}",
        "{'name':'x'}",
        "{\"name\":\"\\x\"}"
      })
  void brokenJsonIsRefused(String json) {
    String asMessage = json.replace("name", "body");
    int nameStatus = Http.postJson(apps, json).status();

    assertThat(nameStatus).isEqualTo(400);
    assertThat(Http.putJson(tally.appUrl(app), json).status()).isEqualTo(400);
    Http.Answer answer = Http.postJson(messages, asMessage);
    answer.isProblem(400, "malformed-request", answer.text("detail"));
  }

  @Test
  void deeplyNestedJsonIsRefused() {
    String deep = "{\"body\":" + "[".repeat(50_000) + "]".repeat(50_000) + "}";

    assertThat(Http.postJson(messages, deep).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}| must not be blank.",
        "{\"F\":null}| must not be blank.",
        "{\"F\":\"\"}| must not be blank.",
        "{\"F\":\"  \\n\"}| must not be blank.",
        "{\"F\":\"a\\u0000b\"}| must not contain NUL.",
        "{\"F\":\"a\\ud800b\"}| must not contain an unpaired surrogate.",
        "{\"F\":\"a\\udc00\"}| must not contain an unpaired surrogate."
      })
  void anInvalidTextIsRefused(String json, String expectation) {
    Http.postJson(apps, json.replace("F", "name"))
        .isProblem(422, "invalid-field", "name " + expectation.strip());
    Http.putJson(tally.appUrl(app), json.replace("F", "name"))
        .isProblem(422, "invalid-field", "name " + expectation.strip());
    Http.postJson(messages, json.replace("F", "body"))
        .isProblem(422, "invalid-field", "body " + expectation.strip());
  }

  @Test
  void aTextThatIsTooLongIsRefused() {
    Http.postJson(apps, "{\"name\":\"" + "n".repeat(256) + "\"}")
        .isProblem(422, "invalid-field", "name must be at most 255 characters long.");
    Http.postJson(messages, "{\"body\":\"" + "b".repeat(10_001) + "\"}")
        .isProblem(422, "invalid-field", "body must be at most 10,000 characters long.");
  }

  @ParameterizedTest
  @ValueSource(ints = {128 * 1024 + 1, 1024 * 1024, 3 * 1024 * 1024})
  void aBodyThatIsTooLargeIsRefused(int size) {
    byte[] body = new byte[size];
    Arrays.fill(body, (byte) 'x');

    Http.postBytes(apps, "application/json", body)
        .isProblem(413, "body-too-large", "Body too large");
    Http.postBytes(messages, "application/json", body)
        .isProblem(413, "body-too-large", "Body too large");
    Http.postBytes(messages, "application/x-www-form-urlencoded", body)
        .isProblem(413, "body-too-large", "Body too large");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"body=%", "body=%4", "body=%zz", "body=%ff", "body=a&body=b", "body=%ed%a0%80"})
  void aBrokenFormIsRefused(String form) {
    Http.Answer answer = Http.postForm(messages, form);

    answer.isProblem(400, "malformed-request", answer.text("detail"));
  }

  @Test
  void aFormWithoutTheFieldIsRefused() {
    Http.postForm(messages, "text=x")
        .isProblem(
            422,
            "invalid-field",
            "text is not known here. Leave it out, or send: author, body, metadata, reply_to.");
    Http.postForm(apps, "name=Acme&title=x")
        .isProblem(422, "invalid-field", "title is not known here. Leave it out, or send: name.");
    Http.postForm(messages, "").isProblem(422, "invalid-field", "body must not be blank.");
    Http.postForm(messages, "body=a%00b")
        .isProblem(422, "invalid-field", "body must not contain NUL.");
    Http.postForm(apps, "").isProblem(422, "invalid-field", "name must not be blank.");
  }

  @Test
  void textThatIsNotUtf8IsRefused() {
    byte[] latin1 = "{\"body\":\"\u00fc\"}".getBytes(StandardCharsets.ISO_8859_1);

    Http.postBytes(messages, "application/json", latin1)
        .isProblem(400, "malformed-request", "The body is not well-formed UTF-8.");
    Http.postBytes(messages, "application/json; charset=ISO-8859-1", latin1)
        .isProblem(415, "unsupported-media-type", "Unsupported media type");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense"})
  void otherContentTypesAreRefused(String type) {
    byte[] body = "{\"body\":\"x\",\"name\":\"x\"}".getBytes(StandardCharsets.UTF_8);

    Http.postBytes(apps, type, body)
        .isProblem(415, "unsupported-media-type", "Unsupported media type");
    Http.postBytes(messages, type, body)
        .isProblem(415, "unsupported-media-type", "Unsupported media type");
  }

  @Test
  void appsCannotBeCreatedInABatch() {
    Http.postBytes(
            apps, "application/x-ndjson", "{\"name\":\"x\"}".getBytes(StandardCharsets.UTF_8))
        .isProblem(415, "unsupported-media-type", "Unsupported media type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELETE", "PATCH", "PUT"})
  void otherMethodsAreRefused(String method) {
    Http.Answer answer = request(method, apps);

    answer.isProblem(405, "method-not-allowed", "Method not allowed");
    assertThat(answer.header("Allow")).isPresent();
    if (method.equals("PATCH")) {
      // A batch of changes.
      request(method, messages).isProblem(415, "unsupported-media-type", "Unsupported media type");
    } else {
      request(method, messages).isProblem(405, "method-not-allowed", "Method not allowed");
    }
    request(method, tally.chatsTo(app)).isProblem(405, "method-not-allowed", "Method not allowed");
    Http.get(messages).isProblem(405, "method-not-allowed", "Method not allowed");
  }

  @Test
  void unknownPathsAreNotFound() {
    Http.get(tally.api() + "/index.html").isProblem(404, "no-such-route", "No such route");
    Http.get(tally.api() + "/apps/").isProblem(404, "no-such-route", "No such route");
    Http.get(tally.api() + "/apps/../etc").isProblem(404, "no-such-route", "No such route");
    Http.post(tally.gateway() + "/apps").isProblem(404, "no-such-route", "No such route");
    Http.get(tally.gateway() + "/index.html").isProblem(404, "no-such-route", "No such route");
    Http.postBytes(tally.gateway() + "/messages", "*/*", new byte[] {'x'})
        .isProblem(404, "no-such-route", "No such route");
  }

  @Test
  void errorsAreProblemsEvenIfTheClientDoesNotAcceptJson() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(tally.api() + "/apps/x")).header("Accept", "text/html");

    Http.send(request).isProblem(404, "app-not-found", "App not found");
  }

  @Test
  void aClientThatDoesNotAcceptJsonGets406BeforeAnythingIsWritten() {
    for (String url : new String[] {messages, tally.chatsTo(app), apps}) {
      Http.postJson(url, "{\"body\":\"x\",\"name\":\"x\"}", "Accept", "text/html")
          .isProblem(406, "not-acceptable", "Not acceptable");
    }
    Http.send(
            HttpRequest.newBuilder(URI.create(tally.appUrl(app)))
                .headers("Accept", "text/html", "Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"name\":\"x\"}")))
        .isProblem(406, "not-acceptable", "Not acceptable");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /apps/%ZZ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /apps/%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /a b c HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /apps;x=y HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /apps;x=%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "NONSENSE\r\n\r\n",
        "GET /apps HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET /apps HTTP/3.0\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "POST /apps HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: x\r\nConnection: close\r\n\r\n",
        "POST /apps HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\nConnection: close\r\n\r\n"
      })
  void malformedHttpIsRefused(String request) throws IOException {
    for (String url : new String[] {tally.api(), tally.gateway()}) {
      String answer = raw(URI.create(url), request);

      assertThat(answer).startsWith("HTTP/1.1 4");
      assertThat(answer).contains("application/problem+json").contains("\"error\"");
      assertThat(answer).doesNotContain("Exception").doesNotContain("Apache");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/apps?limit=%", "/apps?x=%zz", "/apps/x/chats/1/search?q=100%"})
  void aBrokenQueryIsRefused(String path) throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    assertThat(raw(URI.create(tally.api()), request))
        .startsWith("HTTP/1.1 400")
        .contains("\"error\":\"The query cannot be read.\"");
  }

  @Test
  void headersThatAreTooLargeAreRefused() throws IOException {
    String request =
        "GET /apps HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(100_000) + "\r\n\r\n";

    assertThat(raw(URI.create(tally.api()), request)).startsWith("HTTP/1.1 4");
  }

  private static String raw(URI server, String request) throws IOException {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (SocketException e) {
      return "HTTP/1.1 400 (closed)";
    }
  }

  private static Http.Answer request(String method, String url) {
    return Http.send(
        HttpRequest.newBuilder(URI.create(url))
            .method(method, HttpRequest.BodyPublishers.noBody()));
  }
}
