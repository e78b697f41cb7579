package dev.tally.system.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Every route of the contract, as its clients use it. */
class ContractIT {

  private static final String UNKNOWN = "0123456789abcdef0123456789abcdef";

  private static TallyClient tally;

  @BeforeAll
  static void start() {
    tally = TallyClient.of(RunningTally.shared());
  }

  @Test
  void anAppIsCreatedFromJson() {
    Http.Answer answer = Http.postJson(tally.api() + "/apps", "{\"name\":\"Acme 🎉\"}").is(201);

    assertThat(answer.text("name")).isEqualTo("Acme 🎉");
    assertThat(answer.text("token")).matches("[0-9a-f]{32}");
    assertThat(answer.number("chats_count")).isZero();
    assertThat(answer.header("Content-Type")).hasValue("application/json");
    assertThat(answer.header("Location")).hasValue("/apps/" + answer.text("token"));
    assertThat(Instant.parse(answer.text("created_at"))).isBefore(Instant.now().plusSeconds(60));
    assertThat(answer.json().has("id")).isFalse();
  }

  /** ArchitectureTest checks where the random bits come from. */
  @Test
  void all128BitsOfATokenAreRandom() {
    BitSet ones = new BitSet();
    BitSet zeros = new BitSet();
    Set<String> tokens = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      String token = tally.newApp();
      tokens.add(token);
      BitSet bits = BitSet.valueOf(HexFormat.of().parseHex(token));
      ones.or(bits);
      bits.flip(0, 128);
      zeros.or(bits);
    }

    assertThat(tokens).hasSize(100);
    // A random bit has the same value a hundred times with a probability of 1 in 2^99.
    assertThat(ones.cardinality()).isEqualTo(128);
    assertThat(zeros.cardinality()).isEqualTo(128);
  }

  @Test
  void anAppIsCreatedFromAForm() {
    Http.Answer answer =
        Http.postForm(tally.api() + "/apps", "name=Fish+%26+Chips%F0%9F%8E%89").is(201);

    assertThat(answer.text("name")).isEqualTo("Fish & Chips🎉");
  }

  @Test
  void anAppIsReadAndRenamed() {
    String token = tally.newApp();

    Http.Answer renamed = Http.putJson(tally.appUrl(token), "{\"name\":\"Other\"}").is(200);
    Http.Answer read = Http.get(tally.appUrl(token)).is(200);

    assertThat(renamed.text("name")).isEqualTo("Other");
    assertThat(read.json()).isEqualTo(renamed.json());
    assertThat(Instant.parse(read.text("updated_at")))
        .isAfterOrEqualTo(Instant.parse(read.text("created_at")));
  }

  @Test
  void renamingAnAppLeavesItsCountAlone() {
    String token = tally.newApp();
    tally.newChat(token);
    tally.awaitChats(token, 1);

    Http.Answer renamed = Http.putJson(tally.appUrl(token), "{\"name\":\"Other\"}").is(200);

    assertThat(renamed.number("chats_count")).isEqualTo(1);
    assertThat(Http.get(tally.appUrl(token)).number("chats_count")).isEqualTo(1);
  }

  @Test
  void appsAreListedInTheOrderOfTheirCreation() {
    List<String> made = List.of(tally.newApp(), tally.newApp(), tally.newApp());

    List<String> listed = new ArrayList<>();
    follow(tally.api() + "/apps?limit=2", app -> listed.add(app.path("token").asString()));

    assertThat(listed).containsSubsequence(made).doesNotHaveDuplicates();
  }

  @Test
  void chatsAreNumberedFromOneInEachApp() {
    String one = tally.newApp();
    String other = tally.newApp();

    assertThat(tally.newChat(one)).isEqualTo(1);
    assertThat(tally.newChat(one)).isEqualTo(2);
    assertThat(tally.newChat(other)).isEqualTo(1);
    tally.awaitChats(one, 2);

    JsonNode chats = Http.get(tally.appUrl(one) + "/chats").is(200).json();
    assertThat(chats.size()).isEqualTo(2);
    assertThat(chats.get(0).path("number").asLong()).isEqualTo(1);
    assertThat(chats.get(1).path("number").asLong()).isEqualTo(2);
    assertThat(chats.get(0).path("messages_count").asLong()).isZero();
    assertThat(Http.get(tally.chatUrl(one, 2)).is(200).number("number")).isEqualTo(2);
  }

  @Test
  void messagesAreNumberedFromOneInEachChat() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    tally.newChat(app);

    assertThat(tally.say(app, chat, "first")).isEqualTo(1);
    assertThat(tally.say(app, chat, "second 🎉")).isEqualTo(2);
    assertThat(tally.say(app, 2, "elsewhere")).isEqualTo(1);
    tally.awaitMessages(app, chat, 2);

    JsonNode messages = Http.get(tally.chatUrl(app, chat) + "/messages").is(200).json();
    assertThat(messages.size()).isEqualTo(2);
    assertThat(messages.get(0).path("number").asLong()).isEqualTo(1);
    assertThat(messages.get(1).path("body").asString()).isEqualTo("second 🎉");
    Http.Answer one = Http.get(tally.chatUrl(app, chat) + "/messages/2").is(200);
    assertThat(one.json()).isEqualTo(messages.get(1));
  }

  @Test
  void aMessageIsCreatedFromAForm() {
    String app = tally.newApp();
    long chat = tally.newChat(app);

    Http.postForm(tally.messagesTo(app, chat), "body=a%2Bb+c%0A%F0%9F%8E%89").is(201);
    tally.awaitMessages(app, chat, 1);

    assertThat(Http.get(tally.chatUrl(app, chat) + "/messages/1").text("body"))
        .isEqualTo("a+b c\n🎉");
  }

  @Test
  void aMessageOfMaximumLengthIsAccepted() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    String body = "🎉".repeat(10_000);

    tally.say(app, chat, body);
    tally.awaitMessages(app, chat, 1);

    assertThat(Http.get(tally.chatUrl(app, chat) + "/messages/1").text("body")).isEqualTo(body);
  }

  @Test
  void messagesArePagedBothWays() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    for (int i = 1; i <= 7; i++) {
      tally.say(app, chat, "message " + i);
    }
    tally.awaitMessages(app, chat, 7);
    String url = tally.chatUrl(app, chat) + "/messages";

    assertThat(numbers(url + "?limit=3")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(numbers(url + "?limit=3&order=desc")).containsExactly(7L, 6L, 5L, 4L, 3L, 2L, 1L);
    assertThat(numbers(url + "?after=5")).containsExactly(6L, 7L);
    assertThat(numbers(url + "?before=3")).containsExactly(1L, 2L);
    assertThat(numbers(url + "?order=desc&before=3")).containsExactly(2L, 1L);
    assertThat(Http.get(url + "?limit=7").header("Link")).isEmpty();
    assertThat(Http.get(url + "?x==%3D&after=1&limit=2&before=7").is(200).header("Link"))
        .contains("<%s?x==%%3D&limit=2&before=7&after=3>; rel=\"next\"".formatted(url));
  }

  @Test
  void chatsArePaged() {
    String app = tally.newApp();
    for (int i = 0; i < 5; i++) {
      tally.newChat(app);
    }
    tally.awaitChats(app, 5);

    assertThat(numbers(tally.appUrl(app) + "/chats?limit=2")).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=x",
        "limit=",
        "after=x",
        "after=-1",
        "before=1.5",
        "order=up",
        "after=99999999999999999999"
      })
  void anInvalidPageQueryIsRefused(String query) {
    String app = tally.newApp();
    tally.newChat(app);
    tally.awaitChats(app, 1);

    Http.Answer chats = Http.get(tally.appUrl(app) + "/chats?" + query);
    Http.Answer messages = Http.get(tally.chatUrl(app, 1) + "/messages?" + query);

    String parameter = query.substring(0, query.indexOf('='));
    chats.isProblem(400, "malformed-request", chats.text("detail"));
    messages.isProblem(400, "malformed-request", messages.text("detail"));
    assertThat(chats.text("error")).startsWith(parameter);
  }

  @Test
  void anUnknownCursorOfAppsIsRefused() {
    Http.get(tally.api() + "/apps?after=" + UNKNOWN)
        .isProblem(400, "malformed-request", "after must be an app's token.");
    Http.get(tally.api() + "/apps?limit=5000")
        .isProblem(400, "malformed-request", "limit must be a number from 1 to 1,000.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"search", "messages/search"})
  void bothSpellingsOfSearchFindMessages(String spelling) {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    long other = tally.newChat(app);
    tally.say(app, chat, "Hello wörld, how are you?");
    tally.say(app, chat, "Something else entirely");
    tally.say(app, chat, "hello again");
    tally.say(app, other, "hello from another chat");
    String url = tally.chatUrl(app, chat) + "/" + spelling + "?q=";
    awaitFound(url + "hello", 3L, 1L);

    assertThat(found(url + "hell")).as("beginning of a word").containsExactlyInAnyOrder(1L, 3L);
    assertThat(found(url + "WORLD")).as("case and accents").containsExactly(1L);
    assertThat(found(url + "are%20how")).as("any order").containsExactly(1L);
    assertThat(found(url + "entierly")).as("a typo").containsExactly(2L);
    assertThat(found(url + "hello+world")).as("all words").containsExactly(1L);
    assertThat(found(url + "hello+%21%21")).as("punctuation").containsExactlyInAnyOrder(1L, 3L);
    assertThat(found(url + "nowhere")).isEmpty();
    assertThat(found(url + "%21%3F")).isEmpty();
    JsonNode hit = Http.get(url + "again").is(200).json().get(0);
    assertThat(hit.path("body").asString()).isEqualTo("hello again");
    assertThat(hit.path("highlight").asString()).isEqualTo("hello <em>again</em>");
    JsonNode beginning = Http.get(url + "ENT").is(200).json().get(0);
    assertThat(beginning.path("highlight").asString())
        .isEqualTo("Something else <em>entirely</em>");
  }

  @Test
  void hitsArePaged() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    for (int i = 0; i < 9; i++) {
      tally.say(app, chat, "needle " + i);
    }
    String url = tally.chatUrl(app, chat) + "/search?q=needle";
    await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(found(url)).hasSize(9));

    List<Long> paged = numbers(url + "&limit=2");

    assertThat(paged)
        .containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L)
        .isEqualTo(found(url));
  }

  @Test
  void searchSyntaxIsTreatedAsText() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    tally.say(app, chat, "plain");
    String url = tally.chatUrl(app, chat) + "/search?q=";
    awaitFound(url + "plain", 1L);

    assertThat(found(url + "*")).isEmpty();
    assertThat(found(url + "body%3A%2A")).isEmpty();
    assertThat(found(url + "plain%22%7D%5D")).containsExactly(1L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?q=", "?q=%20%20"})
  void aBlankSearchIsRefused(String query) {
    String app = tally.newApp();
    tally.newChat(app);
    tally.awaitChats(app, 1);

    Http.get(tally.chatUrl(app, 1) + "/search" + query)
        .isProblem(400, "malformed-request", "q must not be blank.");
  }

  @Test
  void aSearchThatIsTooLongIsRefused() {
    String app = tally.newApp();
    tally.newChat(app);
    tally.awaitChats(app, 1);
    String url = tally.chatUrl(app, 1) + "/search?q=";

    Http.get(url + "x".repeat(257))
        .isProblem(400, "malformed-request", "q may be at most 256 characters long.");
    Http.get(url + "x+".repeat(33))
        .isProblem(400, "malformed-request", "q may have at most 32 words.");
    Http.get(url + "x&after=nonsense")
        .isProblem(400, "malformed-request", "after is no cursor of a search.");
  }

  @Test
  void aRequestForSomethingThatDoesNotExistGets404() {
    String app = tally.newApp();
    tally.newChat(app);
    tally.awaitChats(app, 1);
    for (String token : List.of(UNKNOWN, "x", "0".repeat(64), "%F0%9F%8E%89")) {
      Http.get(tally.appUrl(token)).isProblem(404, "app-not-found", "App not found");
      Http.putJson(tally.appUrl(token), "{\"name\":\"x\"}")
          .isProblem(404, "app-not-found", "App not found");
      Http.get(tally.appUrl(token) + "/chats").isProblem(404, "app-not-found", "App not found");
      Http.get(tally.appUrl(token) + "/chats/1").isProblem(404, "app-not-found", "App not found");
      Http.get(tally.appUrl(token) + "/chats/1/messages")
          .isProblem(404, "app-not-found", "App not found");
      Http.get(tally.appUrl(token) + "/chats/1/messages/1")
          .isProblem(404, "app-not-found", "App not found");
      Http.get(tally.appUrl(token) + "/chats/1/search?q=x")
          .isProblem(404, "app-not-found", "App not found");
    }
    for (String chat : List.of("2", "0", "-1", "x", "1.0", "99999999999999999999", "01")) {
      String url = tally.appUrl(app) + "/chats/" + chat;
      Http.get(url).isProblem(404, "chat-not-found", "Chat not found");
      Http.get(url + "/messages").isProblem(404, "chat-not-found", "Chat not found");
      Http.get(url + "/messages/1").isProblem(404, "chat-not-found", "Chat not found");
      Http.get(url + "/search?q=x").isProblem(404, "chat-not-found", "Chat not found");
      Http.get(url + "/messages/search?q=x").isProblem(404, "chat-not-found", "Chat not found");
    }
    for (String message : List.of("1", "0", "-1", "x", "99999999999999999999")) {
      Http.get(tally.chatUrl(app, 1) + "/messages/" + message)
          .isProblem(404, "message-not-found", "Message not found");
    }
  }

  private static void follow(String first, java.util.function.Consumer<JsonNode> consumer) {
    String url = first;
    while (url != null) {
      Http.Answer answer = Http.get(url).is(200);
      answer.json().forEach(consumer);
      Matcher next =
          Pattern.compile("<(.+)>; rel=\"next\"").matcher(answer.header("Link").orElse(""));
      url = next.matches() ? next.group(1) : null;
    }
  }

  private static List<Long> numbers(String url) {
    List<Long> numbers = new ArrayList<>();
    follow(url, item -> numbers.add(item.path("number").asLong()));
    return numbers;
  }

  /**
   * Waits for the hits. The answer may even be a 404 at first, while the chat itself waits in the
   * queue.
   */
  private static void awaitFound(String url, Long... numbers) {
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(found(url)).containsExactly(numbers));
  }

  private static List<Long> found(String url) {
    return StreamSupport.stream(Http.get(url).is(200).json().spliterator(), false)
        .map(hit -> hit.path("number").asLong())
        .toList();
  }
}
