package dev.tally.system.faults.workload;

import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How requests are sent, and what successful answers say. */
final class Wire {

  private static final String JSON = "application/json";

  private Wire() {}

  /** A request to a service with this base URL. */
  static HttpRequest.Builder http(Request request, String service) {
    String apps = service + "/apps";
    return switch (request) {
      case Request.NewApp(String name) ->
          send("POST", apps, JSON, json(Map.of("name", name)), null);
      case Request.NewChat(String app, String key) ->
          send("POST", apps + "/" + app + "/chats", JSON, "", key);
      case Request.NewMessages(String app, long chat, List<String> bodies, String key) -> {
        String url = chat(apps, app, chat) + "/messages";
        if (bodies.size() == 1) {
          yield send("POST", url, JSON, message(bodies.getFirst()), key);
        }
        StringBuilder lines = new StringBuilder();
        bodies.forEach(body -> lines.append(message(body)).append('\n'));
        yield send("POST", url, "application/x-ndjson", lines.toString(), key);
      }
      case Request.Change change -> http(change, apps);
      case Request.ReadMessages(String app, long chat, long after, int limit) ->
          Http.request(
              "%s/messages?after=%d&limit=%d".formatted(chat(apps, app, chat), after, limit));
      case Request.ReadChanges(String app, long chat, long after, int limit) ->
          Http.request(
              "%s/changes?after=%d&limit=%d".formatted(chat(apps, app, chat), after, limit));
      case Request.ReadChat(String app, long chat) -> Http.request(chat(apps, app, chat));
    };
  }

  private static String chat(String apps, String app, long chat) {
    return "%s/%s/chats/%d".formatted(apps, app, chat);
  }

  /** The author says what the message was created with, whatever it is made to say later. */
  private static String message(String body) {
    return json(Map.of("body", body, "author", State.Message.name(body)));
  }

  private static HttpRequest.Builder http(Request.Change change, String apps) {
    String url = chat(apps, change.app(), change.chat()) + "/messages/" + change.message();
    Map<String, Object> fields = new HashMap<>();
    fields.put("author", change.author());
    if (change.expectedRevision() != null) {
      fields.put("expected_revision", change.expectedRevision());
    }
    if (change.verb() == Request.Change.Verb.DELETE) {
      List<String> query = new ArrayList<>();
      fields.forEach((name, value) -> query.add(name + "=" + value));
      return keyed(Http.request(url + "?" + String.join("&", query)).DELETE(), change.key());
    }
    fields.put("body", String.valueOf(change.body()));
    return send(change.verb().name(), url, JSON, json(fields), change.key());
  }

  private static HttpRequest.Builder send(
      String verb, String url, String contentType, String body, @Nullable String key) {
    return keyed(
        Http.request(url, "Content-Type", contentType)
            .method(verb, HttpRequest.BodyPublishers.ofString(body)),
        key);
  }

  private static HttpRequest.Builder keyed(HttpRequest.Builder request, @Nullable String key) {
    return key == null ? request : request.header("Idempotency-Key", key);
  }

  private static String json(Map<String, ?> fields) {
    return Http.JSON.writeValueAsString(fields);
  }

  /** What a 200 or 201 says. */
  static Outcome success(Request request, JsonNode json) {
    return switch (request) {
      case Request.NewApp _ -> new Outcome.CreatedApp(json.path("token").asString());
      case Request.NewChat _ -> accepted(json, "chat_number", "chat_number");
      case Request.NewMessages messages ->
          messages.bodies().size() > 1
              ? accepted(json, "first_message_number", "last_message_number")
              : accepted(json, "message_number", "message_number");
      case Request.Change _ -> accepted(json, "change_number", "change_number");
      case Request.ReadMessages _ -> new Outcome.Page(json.valueStream().map(Wire::shown).toList());
      case Request.ReadChanges _ ->
          new Outcome.ChangePage(json.valueStream().map(Wire::shownChange).toList());
      case Request.ReadChat _ ->
          new Outcome.ChatSeen(
              json.path("messages_count").asLong(),
              json.path("changes_count").asLong(),
              json.path("deleted_count").asLong());
    };
  }

  private static Outcome accepted(JsonNode json, String first, String last) {
    return new Outcome.Accepted(json.path(first).asLong(), json.path(last).asLong());
  }

  private static State.Message shown(JsonNode message) {
    long number = message.path("number").asLong();
    if (message.has("lost_at")) {
      return State.Message.lost(number);
    }
    String created = message.path("author").asString("");
    String body = message.path("body").asString();
    return new State.Message(
        number,
        created,
        // A history has many pages, and most messages in them are as they were created.
        body.equals(created) ? created : body,
        false,
        message.path("revision").asLong(0),
        message.has("edited_at"),
        message.has("deleted_at"));
  }

  private static State.Change shownChange(JsonNode change) {
    JsonNode before = change.at("/before/body");
    return State.Change.of(
        change.path("number").asLong(),
        change.has("kind") ? change.path("kind").asString() : null,
        change.path("message_number").asLong(0),
        change.path("effect").asString(),
        change.has("author") ? change.path("author").asString() : null,
        before.isMissingNode() ? null : before.asString());
  }
}
