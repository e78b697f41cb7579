package dev.tally.system.contract;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a search finds and in which order, and that other apps have no say in either. */
class SearchRankIT {

  private static TallyClient tally;

  private String app = "";
  private long chat;

  /** It shares the index with the app, as all apps do. */
  private String other = "";

  private long otherChat;

  @BeforeAll
  static void start() {
    tally = TallyClient.of(RunningTally.shared());
  }

  @BeforeEach
  void makeApps() {
    app = tally.newApp();
    chat = tally.newChat(app);
    other = tally.newApp();
    otherChat = tally.newChat(other);
  }

  @Test
  void tiersComeFirstThenNumbers() {
    say(
        "needles in hay",
        "needle",
        "in all of the dry grass that lies around the old barn there must be a needle",
        "needle needle");
    String url = search("needle");
    awaitHits(url, 4);

    assertThat(found(url)).containsExactly(2L, 3L, 4L, 1L);
    assertThat(found(url + "&order=relevance")).containsExactly(2L, 3L, 4L, 1L);
  }

  @Test
  void fewerBeginningsComeFirstWhateverTheLengths() {
    say(
        "needles haystack",
        "needle haystack",
        "in all of the dry grass that lies around there must be a needle, and it is hay after all",
        "needles hay");
    String url = search("needle+hay");
    awaitHits(url, 4);

    assertThat(found(url)).containsExactly(3L, 2L, 4L, 1L);
  }

  @Test
  void fewerTyposComeFirst() {
    say("harbour conzert", "harbor concerts", "harbour concert", "harbor conzerts");
    String url = search("harbuor+concert");
    awaitHits(url, 3);

    assertThat(found(url)).containsExactly(3L, 2L, 1L);
  }

  @Test
  void pagesStayWhatTheyAreWhileAnotherAppWrites() {
    say(
        app,
        chat,
        IntStream.rangeClosed(1, 30)
            .mapToObj(i -> "needle ".repeat(1 + i % 3) + "straw ".repeat(30 - i))
            .toList());
    String url = search("needle");
    awaitHits(url + "&limit=1000", 30);
    List<Long> before = found(url + "&limit=1000");
    Http.Answer first = Http.get(url + "&limit=5").is(200);
    List<Long> paged = new ArrayList<>(numbers(first));

    say(
        other,
        otherChat,
        IntStream.range(0, 500)
            .mapToObj(i -> i % 2 == 0 ? "needle " + "hay ".repeat(i % 7) : "hay")
            .toList());
    awaitHits(search(other, otherChat, "needle") + "&limit=1000", 250);

    paged.addAll(Pages.numbers(first.next().orElseThrow()));
    assertThat(paged).hasSize(30).isEqualTo(before);
  }

  @Test
  void anAnswerSaysNothingOfOtherApps() {
    say("needle one", "needles two", "needle three needle", "more needles");
    List<String> urls =
        List.of(search("needle&limit=1"), search("needl&limit=1"), search("nedele&limit=1"));
    awaitHits(search("needl"), 4);
    List<String> before = answers(urls);

    for (int times : new int[] {1, 10, 1_000}) {
      String words = "needle needles needl nedele";
      List<String> bodies = new ArrayList<>(Collections.nCopies(times - 1, words));
      bodies.add(words + " marker" + times);
      say(other, otherChat, bodies);
      awaitHits(search(other, otherChat, "marker" + times), 1);

      assertThat(answers(urls)).as("after %d messages", times).isEqualTo(before);
    }
  }

  /** Another app's words, as near to the one that is asked for, must not crowd out an app's own. */
  @Test
  void aTypoIsFoundHoweverManyWordsOthersHave() {
    say("xylophone concert");
    awaitHits(search("xylophone"), 1);
    say(other, otherChat, List.of(String.join(" ", neighbours())));
    awaitHits(search(other, otherChat, "xylophnoa"), 1);

    assertThat(found(search("xylophnoe"))).containsExactly(1L);
  }

  /** 76 words at one edit from "xylophnoe". In the order of the index they precede "xylophone". */
  private static List<String> neighbours() {
    List<String> words = new ArrayList<>();
    for (char letter = 'a'; letter <= 'z'; letter++) {
      if (letter != 'e') {
        words.add("xylophno" + letter);
      }
      if (letter != 'o') {
        words.add("xylophn" + letter + "e");
      }
      words.add("xylophnoe" + letter);
    }
    return words;
  }

  @Test
  void typosAreFoundOnlyWhereNothingBetterIs() {
    say("harbour one", "harbuor two");
    awaitHits(search("one"), 1);
    awaitHits(search("two"), 1);

    assertThat(found(search("harbour"))).containsExactly(1L);
    assertThat(found(search("harbuor"))).containsExactly(2L);
    assertThat(found(search("hrabour"))).containsExactly(1L);
  }

  @Test
  void typosAreFewAndNoneInShortWordsAndNumbers() {
    say("order 48213 of the concert in release48213");
    awaitHits(search("order"), 1);

    for (String q : List.of("ordre", "concret", "concret+order")) {
      assertThat(found(search(q))).as(q).containsExactly(1L);
    }
    for (String q : List.of("ordr", "ordr+concret", "48214", "release48214", "cnocret")) {
      assertThat(found(search(q))).as(q).isEmpty();
    }
  }

  @Test
  void typosAreDecidedOnPageOne() {
    say("harbour one", "harbour two", "harbour three", "harbour four", "harbour five");
    String url = search("harbuor&limit=2");
    awaitHits(search("harbuor"), 5);
    Http.Answer best = Http.get(url).is(200);
    Http.Answer newest = Http.get(url + "&order=newest").is(200);
    assertThat(numbers(best)).containsExactly(1L, 2L);
    assertThat(numbers(newest)).containsExactly(5L, 4L);

    Http.send(
            Http.json(tally.messagesTo(app, chat) + "/2")
                .method("PATCH", HttpRequest.BodyPublishers.ofString("{\"body\":\"harbuor\"}")))
        .is(200);
    awaitHits(search("harbuor"), 1);

    assertThat(Pages.numbers(best.next().orElseThrow())).containsExactly(3L, 4L, 5L);
    assertThat(Pages.numbers(newest.next().orElseThrow())).containsExactly(3L, 2L, 1L);
  }

  @Test
  void theNewestComeFirstIfTheClientAsksForThem() {
    say("needle", "needles", "needle needle", "needles", "needle");
    awaitHits(search("needle"), 5);
    String url = search("needle&limit=2");

    assertThat(Pages.numbers(url)).containsExactly(1L, 3L, 5L, 2L, 4L);
    assertThat(Pages.numbers(url + "&order=newest")).containsExactly(5L, 4L, 3L, 2L, 1L);
    String next = Http.get(url).is(200).next().orElseThrow();
    String nextNewest = Http.get(url + "&order=newest").is(200).next().orElseThrow();
    assertThat(next).doesNotContain("order=");
    assertThat(nextNewest).contains("order=newest");
    for (String mixed : List.of(next + "&order=newest", nextNewest.replace("order=", "x="))) {
      Http.get(mixed).isProblem(400, "malformed-request", "after is a cursor of another order.");
    }
  }

  @Test
  void aCursorOfAnOlderVersionIsTold() {
    Http.get(search("needle&after=P_PA4gAAAAAAAAAAAAAAAQ"))
        .isProblem(
            400,
            "malformed-request",
            "after is the cursor of an older version: search again from the first page.");
  }

  private void say(String... bodies) {
    say(app, chat, List.of(bodies));
  }

  private static void say(String app, long chat, List<String> bodies) {
    String lines =
        bodies.stream()
            .map(body -> Http.JSON.writeValueAsString(Map.of("body", body)) + "\n")
            .collect(joining());
    Http.postBytes(
            tally.messagesTo(app, chat),
            "application/x-ndjson",
            lines.getBytes(StandardCharsets.UTF_8))
        .is(201);
  }

  private String search(String query) {
    return search(app, chat, query);
  }

  private static String search(String app, long chat, String query) {
    return tally.chatUrl(app, chat) + "/search?q=" + query;
  }

  /**
   * Waits until a search finds this many messages. The answer may be a 404 at first, while the chat
   * itself waits in the queue.
   */
  private static void awaitHits(String url, int count) {
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(found(url)).hasSize(count));
  }

  private static List<Long> found(String url) {
    return numbers(Http.get(url).is(200));
  }

  private static List<Long> numbers(Http.Answer page) {
    return page.json().valueStream().map(hit -> hit.path("number").asLong()).toList();
  }

  /** The answers to these searches, each with its link. */
  private static List<String> answers(List<String> urls) {
    return urls.stream()
        .map(url -> Http.get(url).is(200))
        .map(answer -> answer.body() + answer.header("Link").orElseThrow())
        .toList();
  }
}
