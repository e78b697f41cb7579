package dev.tally.common.queue;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes jobs as JSON objects, for instance {@code
 * {"v":1,"kind":"message","app":"…","chat":3,"at":1700000000000000, "body":"hi","number":7}}, where
 * {@code at} counts microseconds since the epoch.
 *
 * <p>A job has the lowest version that has all that it says, so that an older worker takes most of
 * a newer gateway's jobs: version 2 added a message's {@code author}, {@code metadata} (the text of
 * an object) and {@code reply_to}, and a chat's {@code name} and {@code metadata}; version 3 added
 * edits and deletions, whose {@code number} is the change's and {@code message} the message's;
 * version 4 those of a chat, which have no {@code message}, and erasures of what an author wrote,
 * whose {@code number} means nothing.
 *
 * <p>Only the script that pushes a job knows its number. So the codec writes an open job, up to and
 * including {@code "number":}, and the script appends the number and the brace. The number is
 * always the last member. Text from clients is always escaped.
 */
public final class JobCodec {

  private static final int FIRST_VERSION = 1;
  static final int WITH_FIELDS = 2;
  private static final int WITH_CHANGES = 3;
  private static final int WITH_DELETIONS = 4;

  /** The latest version that this code knows. */
  static final int LATEST = WITH_DELETIONS;

  static final String EDIT = "edit";
  static final String DELETE = "delete";
  static final String ERASE = "erase";
  static final String MESSAGE = "message";

  private final JsonFactory factory =
      JsonFactory.builder()
          // close() must not close the object that is left open.
          .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
          .build();
  private final JobReader reader = new JobReader();

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
          writeApp(json, content.isPlain() ? FIRST_VERSION : WITH_FIELDS, MESSAGE, chat.app());
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
    return open(
        json -> {
          writeApp(
              json,
              WITH_CHANGES,
              change instanceof MessageChange.Edit ? EDIT : DELETE,
              message.chat().app());
          json.writeNumberProperty("chat", message.chat().number());
          json.writeNumberProperty(MESSAGE, message.number());
          writeTime(json, acceptedAt, traceparent);
          if (change instanceof MessageChange.Edit edit) {
            writeIfThere(json, "body", edit.body());
            if (edit.changesMetadata()) {
              json.writeStringProperty("metadata", edit.metadata());
            }
          }
          writeChanger(json, author, expectedRevision);
        },
        256 + length(change));
  }

  /**
   * The job of a change of a chat, open at its end for the change's number.
   *
   * @param author null if the client does not say who changes the chat
   * @param expectedRevision null if any will do
   */
  public String openChange(
      ChatName chat,
      ChatChange change,
      @Nullable String author,
      @Nullable Long expectedRevision,
      Instant acceptedAt,
      @Nullable String traceparent) {
    return open(
        json -> {
          writeApp(
              json, WITH_DELETIONS, change instanceof ChatChange.Edit ? EDIT : DELETE, chat.app());
          json.writeNumberProperty("chat", chat.number());
          writeTime(json, acceptedAt, traceparent);
          if (change instanceof ChatChange.Edit edit) {
            if (edit.changesName()) {
              json.writeStringProperty("name", edit.name());
            }
            if (edit.changesMetadata()) {
              json.writeStringProperty("metadata", edit.metadata());
            }
          }
          writeChanger(json, author, expectedRevision);
        },
        256);
  }

  private static void writeChanger(
      JsonGenerator json, @Nullable String author, @Nullable Long expectedRevision) {
    writeIfThere(json, "author", author);
    if (expectedRevision != null) {
      json.writeNumberProperty("expected_revision", expectedRevision);
    }
  }

  /** The job that has an author's messages erased, open at its end as all jobs are. */
  public String openErasure(
      AppToken app, String author, Instant acceptedAt, @Nullable String traceparent) {
    return open(
        json -> {
          writeApp(json, WITH_DELETIONS, ERASE, app);
          writeTime(json, acceptedAt, traceparent);
          json.writeStringProperty("author", author);
        },
        160 + author.length());
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
    return reader.decode(text);
  }
}
