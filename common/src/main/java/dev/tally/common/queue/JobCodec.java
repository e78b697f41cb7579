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
 * an object) and {@code reply_to}, and a chat's {@code name} and {@code metadata}; version 3 added
 * edits and deletions, whose {@code number} is the change's and {@code message} the message's.
 *
 * <p>Only the script that pushes a job knows its number. So the codec writes an open job, up to and
 * including {@code "number":}, and the script appends the number and the brace. The number is
 * always the last member. Text from clients is always escaped.
 */
public final class JobCodec {

  private static final int FIRST_VERSION = 1;
  private static final int WITH_FIELDS = 2;
  private static final int WITH_CHANGES = 3;

  /** The latest version that this code knows. */
  private static final int LATEST = WITH_CHANGES;

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
          writeApp(json, isPlain ? FIRST_VERSION : WITH_FIELDS, "chat", app);
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
          writeApp(json, content.isPlain() ? FIRST_VERSION : WITH_FIELDS, "message", chat.app());
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

  /**
   * A change's job, open at its end for the change's number.
   *
   * @param author null if the client does not say who changes the message
   * @param expectedRevision null if any will do
   */
  public String openChange(
      MessageName message,
      MessageChange change,
      @Nullable String author,
      @Nullable Long expectedRevision,
      Instant acceptedAt,
      @Nullable String traceparent) {
    String kind = change instanceof MessageChange.Edit ? "edit" : "delete";
    return open(
        json -> {
          writeApp(json, WITH_CHANGES, kind, message.chat().app());
          json.writeNumberProperty("chat", message.chat().number());
          json.writeNumberProperty("message", message.number());
          writeTime(json, acceptedAt, traceparent);
          if (change instanceof MessageChange.Edit edit) {
            writeIfThere(json, "body", edit.body());
            if (edit.changesMetadata()) {
              json.writeStringProperty("metadata", edit.metadata());
            }
          }
          writeIfThere(json, "author", author);
          if (expectedRevision != null) {
            json.writeNumberProperty("expected_revision", expectedRevision);
          }
        },
        256 + length(change));
  }

  private static int length(MessageChange change) {
    return change instanceof MessageChange.Edit edit
        ? length(edit.body()) + length(edit.metadata())
        : 0;
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

  private static void writeApp(JsonGenerator json, int version, String kind, AppToken app) {
    json.writeNumberProperty("v", version);
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
      case "edit" -> change(app, job, number, edit(job), at, trace);
      case "delete" -> change(app, job, number, new MessageChange.Deletion(), at, trace);
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

  private static Job.ChangedMessage change(
      AppToken app,
      JsonNode job,
      long number,
      MessageChange change,
      Instant at,
      @Nullable String trace)
      throws UndecodableJobException {
    return new Job.ChangedMessage(
        new MessageName(new ChatName(app, number(job, "chat")), number(job, "message")),
        number,
        change,
        stringIfThere(job, "author"),
        job.has("expected_revision") ? revision(job) : null,
        at,
        trace);
  }

  private static MessageChange.Edit edit(JsonNode job) throws UndecodableJobException {
    boolean removesMetadata = job.path("metadata").isNull();
    return new MessageChange.Edit(
        stringIfThere(job, "body"),
        job.has("metadata"),
        removesMetadata ? null : stringIfThere(job, "metadata"));
  }

  /** The revision of a message that nobody has changed is 0. */
  private static long revision(JsonNode job) throws UndecodableJobException {
    JsonNode revision = job.path("expected_revision");
    return revision.isIntegralNumber() && revision.canConvertToLong() && revision.longValue() == 0
        ? 0
        : number(job, "expected_revision");
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
