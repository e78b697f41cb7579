package dev.tally.common.queue;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
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
 * Without {@code message}, they are about the chat.
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

  private static final String EDIT = "edit";
  private static final String DELETE = "delete";
  private static final String MESSAGE = "message";

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
              json, WITH_CHANGES, change instanceof ChatChange.Edit ? EDIT : DELETE, chat.app());
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
    JobFields job;
    try {
      job = new JobFields(mapper.readTree(text));
    } catch (JacksonException e) {
      // The parser's message may quote the message body, which must not be logged.
      throw new UndecodableJobException("not JSON");
    }
    long version = job.positive("v");
    if (version > LATEST) {
      throw new NewerJobException(version, LATEST, job.instantIfReadable("at"));
    }
    AppToken app = job.app();
    Instant at = job.instant("at");
    String trace = job.stringIfThere("trace");
    long number = job.number("number");
    return switch (job.string("kind")) {
      case "chat" -> new Job.NewChat(new ChatName(app, number), chat(job, version), at, trace);
      case MESSAGE ->
          new Job.NewMessage(
              new MessageName(new ChatName(app, job.number("chat")), number),
              message(job, version),
              at,
              trace);
      case EDIT -> job.has(MESSAGE) ? change(job, edit(job)) : change(job, chatEdit(job));
      case DELETE ->
          job.has(MESSAGE)
              ? change(job, new MessageChange.Deletion())
              : change(job, new ChatChange.Deletion());
      default -> throw new UndecodableJobException("unknown kind");
    };
  }

  private static ChatContent chat(JobFields job, long version) throws UndecodableJobException {
    return version < WITH_FIELDS
        ? ChatContent.NONE
        : new ChatContent(job.stringIfThere("name"), job.stringIfThere("metadata"));
  }

  private static MessageContent message(JobFields job, long version)
      throws UndecodableJobException {
    String body = job.string("body");
    return version < WITH_FIELDS
        ? MessageContent.of(body)
        : new MessageContent(
            body,
            job.stringIfThere("author"),
            job.stringIfThere("metadata"),
            job.has("reply_to") ? job.number("reply_to") : null);
  }

  private static Job.ChangedMessage change(JobFields job, MessageChange change)
      throws UndecodableJobException {
    return new Job.ChangedMessage(
        new MessageName(new ChatName(job.app(), job.number("chat")), job.number(MESSAGE)),
        job.number("number"),
        change,
        job.stringIfThere("author"),
        job.revisionIfThere("expected_revision"),
        job.instant("at"),
        job.stringIfThere("trace"));
  }

  private static Job.ChangedChat change(JobFields job, ChatChange change)
      throws UndecodableJobException {
    return new Job.ChangedChat(
        new ChatName(job.app(), job.number("chat")),
        job.number("number"),
        change,
        job.stringIfThere("author"),
        job.revisionIfThere("expected_revision"),
        job.instant("at"),
        job.stringIfThere("trace"));
  }

  private static MessageChange.Edit edit(JobFields job) throws UndecodableJobException {
    return new MessageChange.Edit(
        job.stringIfThere("body"), job.has("metadata"), job.stringUnlessNull("metadata"));
  }

  private static ChatChange.Edit chatEdit(JobFields job) throws UndecodableJobException {
    return new ChatChange.Edit(
        job.has("name"),
        job.stringUnlessNull("name"),
        job.has("metadata"),
        job.stringUnlessNull("metadata"));
  }
}
