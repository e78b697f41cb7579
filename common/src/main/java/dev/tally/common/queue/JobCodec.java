package dev.tally.common.queue;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.identity.Numbers;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes jobs as JSON objects, for instance {@code
 * {"v":1,"kind":"message","app":"…","chat":3,"at":1700000000000000, "body":"hi","number":7}}, where
 * {@code at} counts microseconds since the epoch.
 *
 * <p>A job has the lowest version that has all that it says, so that an older worker takes most of
 * a newer gateway's jobs: version 2 added a message's {@code author}, {@code metadata} (the text of
 * an object) and {@code reply_to}, and a chat's {@code name} and {@code metadata}.
 *
 * <p>Only the script that pushes a job knows its number. So the codec writes an open job, up to and
 * including {@code "number":}, and the script appends the number and the brace. The number is
 * always the last member. Text from clients is always escaped.
 */
public final class JobCodec {

  private static final int FIRST_VERSION = 1;
  private static final int WITH_FIELDS = 2;

  /** The latest version that this code knows. */
  private static final int LATEST = WITH_FIELDS;

  private final JsonFactory factory =
      JsonFactory.builder()
          // close() must not close the object that is left open.
          .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
          .build();
  private final JsonMapper mapper =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** A chat's job, open at its end for the number. */
  public String openChat(
      AppToken app, ChatContent content, Instant acceptedAt, @Nullable String traceparent) {
    boolean isPlain = content.equals(ChatContent.NONE);
    int more = length(content.name()) + length(content.metadata());
    return open(
        json -> {
          writeApp(json, isPlain, "chat", app);
          writeTime(json, acceptedAt, traceparent);
          writeIfThere(json, "name", content.name());
          writeIfThere(json, "metadata", content.metadata());
        },
        128 + more);
  }

  /** A message's job, open at its end for the number. */
  public String openMessage(
      ChatName chat, MessageContent content, Instant acceptedAt, @Nullable String traceparent) {
    return open(
        json -> {
          writeApp(json, content.isPlain(), "message", chat.app());
          json.writeNumberProperty("chat", chat.number());
          writeTime(json, acceptedAt, traceparent);
          json.writeStringProperty("body", content.body());
          writeIfThere(json, "author", content.author());
          writeIfThere(json, "metadata", content.metadata());
          if (content.replyTo() != null) {
            json.writeNumberProperty("reply_to", content.replyTo());
          }
        },
        160 + content.body().length() + length(content.metadata()));
  }

  private String open(Consumer<JsonGenerator> members, int length) {
    StringWriter out = new StringWriter(length);
    // close() returns the generator's buffer to the pool.
    try (JsonGenerator json = factory.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      members.accept(json);
      json.writeName("number");
    }
    return out.append(':').toString();
  }

  private static void writeApp(JsonGenerator json, boolean isPlain, String kind, AppToken app) {
    json.writeNumberProperty("v", isPlain ? FIRST_VERSION : WITH_FIELDS);
    json.writeStringProperty("kind", kind);
    json.writeStringProperty("app", app.value());
  }

  private static void writeTime(
      JsonGenerator json, Instant acceptedAt, @Nullable String traceparent) {
    json.writeNumberProperty("at", ChronoUnit.MICROS.between(Instant.EPOCH, acceptedAt));
    writeIfThere(json, "trace", traceparent);
  }

  private static void writeIfThere(JsonGenerator json, String name, @Nullable String text) {
    if (text != null) {
      json.writeStringProperty(name, text);
    }
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  /**
   * Reads a job.
   *
   * @throws UndecodableJobException if no version of this code can read it
   * @throws NewerJobException if it is a job of a later version
   */
  public Job decode(String text) throws UndecodableJobException {
    JsonNode job;
    try {
      job = mapper.readTree(text);
    } catch (JacksonException e) {
      // The parser's message may quote the message body, which must not be logged.
      throw new UndecodableJobException("not JSON");
    }
    long version = positive(job, "v");
    if (version > LATEST) {
      JsonNode at = job.path("at");
      throw new NewerJobException(
          version, LATEST, at.canConvertToLong() ? instant(at.longValue()) : null);
    }
    AppToken app = app(job);
    Instant at = instant(positive(job, "at"));
    String trace = stringIfThere(job, "trace");
    long number = number(job, "number");
    return switch (string(job, "kind")) {
      case "chat" -> new Job.NewChat(new ChatName(app, number), chat(job, version), at, trace);
      case "message" ->
          new Job.NewMessage(
              new MessageName(new ChatName(app, number(job, "chat")), number),
              message(job, version),
              at,
              trace);
      default -> throw new UndecodableJobException("unknown kind");
    };
  }

  private static ChatContent chat(JsonNode job, long version) throws UndecodableJobException {
    return version < WITH_FIELDS
        ? ChatContent.NONE
        : new ChatContent(stringIfThere(job, "name"), stringIfThere(job, "metadata"));
  }

  private static MessageContent message(JsonNode job, long version) throws UndecodableJobException {
    String body = string(job, "body");
    return version < WITH_FIELDS
        ? MessageContent.of(body)
        : new MessageContent(
            body,
            stringIfThere(job, "author"),
            stringIfThere(job, "metadata"),
            job.has("reply_to") ? number(job, "reply_to") : null);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static AppToken app(JsonNode job) throws UndecodableJobException {
    return AppToken.parse(string(job, "app"))
        .orElseThrow(() -> new UndecodableJobException("app is no token"));
  }

  private static @Nullable String stringIfThere(JsonNode job, String name)
      throws UndecodableJobException {
    return job.has(name) ? string(job, name) : null;
  }

  private static String string(JsonNode job, String name) throws UndecodableJobException {
    JsonNode value = job.path(name);
    if (!value.isString()) {
      throw new UndecodableJobException(name + " is no string");
    }
    String text = value.stringValue();
    if (text.codePoints().anyMatch(point -> Character.getType(point) == Character.SURROGATE)) {
      // UTF-8 cannot represent it, so MySQL would store another text.
      throw new UndecodableJobException(name + " has an unpaired surrogate");
    }
    return text;
  }

  /**
   * No gateway gives out a higher number, and a counter with one would stop its parent's writes.
   */
  private static long number(JsonNode job, String name) throws UndecodableJobException {
    long number = positive(job, name);
    if (number > Numbers.HIGHEST) {
      throw new UndecodableJobException(name + " has more than 15 digits");
    }
    return number;
  }

  private static long positive(JsonNode job, String name) throws UndecodableJobException {
    JsonNode value = job.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 1) {
      throw new UndecodableJobException(name + " is no positive whole number");
    }
    return value.longValue();
  }
}
