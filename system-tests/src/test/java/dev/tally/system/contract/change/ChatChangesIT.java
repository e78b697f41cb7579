package dev.tally.system.contract.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ChatChangesIT {

  private static final Duration SOON = Duration.ofSeconds(30);

  private static TallyClient tally;

  private String app = "";
  private long chat;

  @BeforeAll
  static void start() {
    tally = TallyClient.of(RunningTally.shared());
  }

  @BeforeEach
  void makeChat() {
    app = tally.newApp();
    chat = tally.newChat(app);
  }

  private Http.Answer change(String method, @Nullable String body) {
    String url = tally.chatsTo(app) + "/" + chat;
    return Http.send(
        body == null
            ? Http.request(url).method(method, HttpRequest.BodyPublishers.noBody())
            : Http.json(url).method(method, HttpRequest.BodyPublishers.ofString(body)));
  }

  @Test
  void anEditedChatIsReadAsItIsNow() {
    assertThat(change("PATCH", "{\"name\":\"Den\",\"author\":\"ann\"}").number("change_number"))
        .isEqualTo(1);
    assertThat(change("PATCH", "{\"metadata\":{\"x\":1}}").number("change_number")).isEqualTo(2);

    String url = tally.chatUrl(app, chat);
    await().atMost(SOON).until(() -> Http.get(url).number("changes_count") == 2);
    JsonNode read = Http.get(url).is(200).json();
    assertThat(read.path("name").asString()).isEqualTo("Den");
    assertThat(read.path("metadata").path("x").asInt()).isEqualTo(1);
    assertThat(read.path("revision").asInt()).isEqualTo(2);
    assertThat(read.has("edited_at")).isTrue();
  }

  @Test
  void nobodyWritesToADeletedChatOrReadsIt() {
    tally.say(app, chat, "a secret");
    String url = tally.chatUrl(app, chat);
    await().atMost(SOON).until(() -> Http.get(url + "/messages/1").status() == 200);

    assertThat(change("DELETE", null).is(200).number("change_number")).isEqualTo(1);
    Http.postJson(tally.messagesTo(app, chat), "{\"body\":\"late\"}")
        .isProblem(410, "chat-deleted", "Chat deleted");

    await().atMost(SOON).until(() -> Http.get(url).status() == 410);
    for (String path : new String[] {"", "/messages", "/messages/1", "/search?q=secret"}) {
      Http.get(url + path).isProblem(410, "chat-deleted", "Chat deleted");
    }
    JsonNode tombstone = Http.get(tally.appUrl(app) + "/chats").is(200).json().get(0);
    assertThat(tombstone.path("messages_count").asInt()).isEqualTo(1);
    assertThat(tombstone.has("deleted_at")).isTrue();
    assertThat(tally.newChat(app)).isEqualTo(chat + 1);
  }
}
