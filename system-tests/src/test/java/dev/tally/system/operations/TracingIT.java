package dev.tally.system.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One trace from the request through the queue and MySQL to the search index. */
class TracingIT {

  private static final String SAMPLED = "01";
  private static final String NOT_SAMPLED = "00";

  private static OtlpReceiver receiver;
  private static RunningTally running;
  private static TallyClient tally;

  @BeforeAll
  static void start() throws Exception {
    receiver = new OtlpReceiver();
    // The traced worker owns all partitions.
    RunningTally.shared().stopWorker();
    running =
        RunningTally.shared().another("--OTEL_EXPORTER_OTLP_ENDPOINT=" + receiver.url() + "/");
    tally = TallyClient.of(running);
  }

  @AfterAll
  static void stop() {
    running.close();
    RunningTally.shared().startWorker();
    receiver.close();
  }

  @Test
  void aTraceCoversAWriteFromTheRequestToTheIndex() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    say(app, chat, trace, SAMPLED);
    awaitFound(app, chat);

    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(of(trace))
                    .extracting(OtlpReceiver.Span::name)
                    .contains("POST /apps/{token}/chats/{number}/messages", "persist", "index"));
    OtlpReceiver.Span request = one(trace, "POST /apps/{token}/chats/{number}/messages");
    OtlpReceiver.Span persist = one(trace, "persist");
    OtlpReceiver.Span index = one(trace, "index");
    assertThat(request.service()).isEqualTo("chat-gateway");
    assertThat(request.parentId()).isEqualTo("00f067aa0ba902b7");
    assertThat(persist.service()).isEqualTo("chat-worker");
    assertThat(persist.parentId()).isEqualTo(request.spanId());
    assertThat(index.service()).isEqualTo("chat-worker");
    assertThat(index.parentId()).isEqualTo(persist.spanId());
    // A token opens an app, and message texts are private.
    assertThat(receiver.spans())
        .noneMatch(span -> span.all().contains(app) || span.all().contains("hello"));
  }

  @Test
  void aRequestWithoutATraceStartsOne() {
    String app = tally.newApp();
    tally.newChat(app);
    tally.awaitChats(app, 1);

    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                receiver.spans().stream()
                    .filter(span -> span.name().equals("POST /apps/{token}/chats"))
                    .anyMatch(
                        span ->
                            span.parentId().isEmpty()
                                && of(span.traceId()).stream()
                                    .anyMatch(other -> other.name().equals("persist"))));
  }

  @Test
  void aWriteThatItsClientDoesNotSampleIsNotTraced() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    String unwanted = "11111111111111111111111111111111";
    String wanted = "22222222222222222222222222222222";

    say(app, chat, unwanted, NOT_SAMPLED);
    say(app, chat, wanted, SAMPLED);
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> of(wanted).stream().anyMatch(span -> span.name().equals("index")));

    assertThat(of(unwanted)).isEmpty();
  }

  @Test
  void aServiceWithoutAnExporterSendsNoSpansAndPassesTheTraceOn() {
    TallyClient untraced = TallyClient.of(RunningTally.shared());
    String app = untraced.newApp();
    long chat = untraced.newChat(app);
    String trace = "33333333333333333333333333333333";

    Http.postJson(
            untraced.messagesTo(app, chat),
            "{\"body\":\"hello\"}",
            "traceparent",
            "00-" + trace + "-00f067aa0ba902b7-" + SAMPLED)
        .is(201);
    // The traced worker continues the trace, so the gateway passed the header on unchanged.
    await().atMost(Duration.ofMinutes(1)).until(() -> !of(trace).isEmpty());

    assertThat(of(trace)).noneMatch(span -> span.service().equals("chat-gateway"));
    assertThat(one(trace, "persist").parentId()).isEqualTo("00f067aa0ba902b7");
  }

  private static void say(String app, long chat, String trace, String flags) {
    Http.postJson(
            tally.messagesTo(app, chat),
            "{\"body\":\"hello\"}",
            "traceparent",
            "00-" + trace + "-00f067aa0ba902b7-" + flags)
        .is(201);
  }

  private static void awaitFound(String app, long chat) {
    tally.awaitMessages(app, chat, 1);
    String url = tally.chatUrl(app, chat) + "/search?q=hello";
    await().atMost(Duration.ofMinutes(1)).until(() -> Http.get(url).json().size() == 1);
  }

  private static List<OtlpReceiver.Span> of(String trace) {
    return receiver.spans().stream().filter(span -> span.traceId().equals(trace)).toList();
  }

  private static OtlpReceiver.Span one(String trace, String name) {
    return of(trace).stream()
        .filter(span -> span.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no span " + name));
  }
}
