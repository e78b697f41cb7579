package dev.tally.system;

import static org.awaitility.Awaitility.await;

import dev.tally.testkit.http.Http;
import java.time.Duration;
import java.util.Map;

/** Basic requests to Tally, for tests whose subject is something else. */
public record TallyClient(String api, String gateway) {

  public static TallyClient of(RunningTally tally) {
    return new TallyClient(tally.api(), tally.gateway());
  }

  public String newApp() {
    return Http.postJson(api + "/apps", "{\"name\":\"Acme\"}").is(201).text("token");
  }

  public String appUrl(String token) {
    return api + "/apps/" + token;
  }

  public String chatUrl(String token, long chat) {
    return appUrl(token) + "/chats/" + chat;
  }

  public String chatsTo(String token) {
    return gateway + "/apps/" + token + "/chats";
  }

  public String messagesTo(String token, long chat) {
    return chatsTo(token) + "/" + chat + "/messages";
  }

  public long newChat(String token) {
    return Http.post(chatsTo(token)).is(201).number("chat_number");
  }

  public long say(String token, long chat, String body) {
    return Http.postJson(
            messagesTo(token, chat), Http.JSON.writeValueAsString(Map.of("body", body)))
        .is(201)
        .number("message_number");
  }

  /** Waits until a chat has this many messages in MySQL. */
  public void awaitMessages(String token, long chat, long count) {
    await()
        .atMost(Duration.ofMinutes(1))
        .pollDelay(Duration.ZERO)
        .until(
            () -> {
              Http.Answer answer = Http.get(chatUrl(token, chat));
              return answer.status() == 200 && answer.number("messages_count") == count;
            });
  }

  /** Waits until an app has this many chats in MySQL. */
  public void awaitChats(String token, long count) {
    await()
        .atMost(Duration.ofMinutes(1))
        .pollDelay(Duration.ZERO)
        .until(() -> Http.get(appUrl(token)).number("chats_count") == count);
  }
}
