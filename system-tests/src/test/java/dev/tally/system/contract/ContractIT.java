package dev.tally.system.contract;

import static dev.tally.system.contract.Pages.numbers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Every route of the contract but search, as its clients use it. */
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
    Pages.follow(tally.api() + "/apps?limit=2", app -> listed.add(app.path("token").asString()));

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
        .hasValue("<?limit=2&before=7&after=3>; rel=\"next\"");
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
}
