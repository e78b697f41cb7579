package dev.tally.api.answer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.api.ChatApi;
import dev.tally.api.page.PageBody;
import dev.tally.testkit.TestServers;
import dev.tally.testkit.http.Http;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Lists of long items end at a number of bytes, and their links lead to all items. */
class BoundedPagesIT {

  private static ConfigurableApplicationContext api;
  private static LongRows rows;

  @BeforeAll
  static void start() {
    TestServers servers = TestServers.wiped();
    List<String> arguments = new ArrayList<>(servers.arguments());
    arguments.addAll(
        List.of("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=WARN"));
    api = ChatApi.start(arguments.toArray(String[]::new));
    rows = new LongRows(JdbcClient.create(servers.dataSource()));
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  /** A control character is one byte in MySQL and six in JSON. */
  @ParameterizedTest
  @ValueSource(strings = {"🎉", "\u0001", "x"})
  void aPageOfLongMessagesEndsAtItsBytes(String character) {
    String app = rows.newApp("Acme");
    rows.messages(app, 1, 120, character.repeat(10_000));
    String url = url("/apps/" + app + "/chats/1/messages?limit=1000");

    assertThat(numbersOfShortPages(url)).isEqualTo(LongStream.rangeClosed(1, 120).boxed().toList());
    assertThat(numbersOfShortPages(url + "&order=desc"))
        .isEqualTo(LongStream.rangeClosed(1, 120).boxed().toList().reversed());
    assertThat(numbersOfShortPages(url + "&after=10&before=70"))
        .isEqualTo(LongStream.range(11, 70).boxed().toList());
  }

  /** Such a page is read in slices. */
  @Test
  void aPageOfShortMessagesEndsAtItsLimit() {
    String app = rows.newApp("Acme");
    rows.messages(app, 1, 1_000, "x");
    rows.messages(app, 1_001, 1_002, "x");
    String url = url("/apps/" + app + "/chats/1/messages?limit=");

    Http.Answer first = Http.get(url + 1_000).is(200);

    assertThat(numbers(first)).isEqualTo(LongStream.rangeClosed(1, 1_000).boxed().toList());
    assertThat(first.next()).hasValue(url + "1000&after=1000");
    assertThat(numbersOfShortPages(url + 1_000)).hasSize(1_002);
    assertThat(numbersOfShortPages(url + "1000&order=desc"))
        .hasSize(1_002)
        .isSortedAccordingTo(Comparator.reverseOrder());
    for (int limit : new int[] {126, 127, 128, 129, 255, 256, 257}) {
      Http.Answer page = Http.get(url + limit).is(200);
      assertThat(numbers(page)).isEqualTo(LongStream.rangeClosed(1, limit).boxed().toList());
      assertThat(page.next()).hasValue(url + limit + "&after=" + limit);
    }
    assertThat(Http.get(url + "1000&after=2").is(200).next()).isEmpty();
    assertThat(Http.get(url + "128&after=874").is(200).next()).isEmpty();
  }

  @Test
  void aPageOfAppsEndsAtItsBytes() {
    rows.apps(1_000, "\u0001".repeat(255));
    List<String> listed = new ArrayList<>();
    String url = url("/apps?limit=1000");
    while (url != null) {
      Http.Answer page = shortPage(url);
      page.json().forEach(app -> listed.add(app.path("token").asString()));
      url = page.next().orElse(null);
    }

    assertThat(listed)
        .containsSubsequence(
            IntStream.rangeClosed(1, 1_000).mapToObj(number -> "%032x".formatted(number)).toList())
        .doesNotHaveDuplicates();
  }

  private static List<Long> numbersOfShortPages(String first) {
    List<Long> numbers = new ArrayList<>();
    String url = first;
    while (url != null) {
      Http.Answer page = shortPage(url);
      numbers.addAll(numbers(page));
      url = page.next().orElse(null);
    }
    return numbers;
  }

  private static Http.Answer shortPage(String url) {
    Http.Answer page = Http.get(url).is(200);
    assertThat(page.body().getBytes(UTF_8).length).isLessThanOrEqualTo(PageBody.MAX_BYTES);
    assertThat(page.json().isEmpty()).isFalse();
    return page;
  }

  private static List<Long> numbers(Http.Answer page) {
    List<Long> numbers = new ArrayList<>();
    for (JsonNode item : page.json()) {
      numbers.add(item.path("number").asLong());
    }
    return numbers;
  }

  private static String url(String path) {
    String port = api.getEnvironment().getRequiredProperty("local.server.port");
    return "http://127.0.0.1:" + port + path;
  }
}
