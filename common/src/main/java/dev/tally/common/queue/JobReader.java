package dev.tally.common.queue;

import static dev.tally.common.queue.JobCodec.DELETE;
import static dev.tally.common.queue.JobCodec.EDIT;
import static dev.tally.common.queue.JobCodec.ERASE;
import static dev.tally.common.queue.JobCodec.LATEST;
import static dev.tally.common.queue.JobCodec.MESSAGE;
import static dev.tally.common.queue.JobCodec.WITH_FIELDS;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import java.time.Instant;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The half of {@link JobCodec} that reads. */
final class JobReader {

  private final JsonMapper mapper =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /**
   * Reads a job.
   *
   * @throws UndecodableJobException if no version of this code can read it
   * @throws NewerJobException if it is a job of a later version
   */
  Job decode(String text) throws UndecodableJobException {
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
      case ERASE -> new Job.ErasedAuthor(app, job.string("author"), at, trace);
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
