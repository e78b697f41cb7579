package dev.tally.worker.deadletter;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.ChangeName;
import dev.tally.common.identity.ChatName;
import dev.tally.common.log.LoggedToken;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.NewerJobException;
import dev.tally.common.queue.UndecodableJobException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The jobs of dead letters: reads them, opens them again, and names them in a command's output. */
final class Jobs {

  private final JobCodec codec;

  Jobs(JobCodec codec) {
    this.codec = codec;
  }

  /** The job of a dead letter; null if this version cannot decode it. */
  @Nullable Job of(DeadLetter letter) {
    try {
      return codec.decode(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(letter.job())).toString());
    } catch (CharacterCodingException | UndecodableJobException | NewerJobException e) {
      return null;
    }
  }

  /** The same chat, open at its end for another number. */
  String open(Job.NewChat job) {
    return codec.openChat(job.app(), job.content(), job.acceptedAt(), job.traceparent());
  }

  /** The same message in a chat, open at its end for another number. */
  String open(Job.NewMessage job, Parent.Chat chat) {
    return codec.openMessage(chat.chat(), job.content(), job.acceptedAt(), job.traceparent());
  }

  /** The chat that a job needs; null if it needs none. */
  static @Nullable ChatName chat(Job job) {
    return switch (job) {
      case Job.NewChat _, Job.ErasedAuthor _ -> null;
      case Job.NewMessage added -> added.message().chat();
      case Job.Change change -> change.chat();
    };
  }

  /** The name of what a job adds; the job itself if that has no name. */
  static Object identity(Job job) {
    return switch (job) {
      case Job.NewChat added -> added.chat();
      case Job.NewMessage added -> added.message();
      case Job.Change change -> new ChangeName(change.chat(), change.number());
      case Job.ErasedAuthor erased -> erased;
    };
  }

  /** What a job adds, with a shortened token. */
  static String name(Job job) {
    String app = LoggedToken.in("app " + job.app().value());
    return switch (job) {
      case Job.NewChat added -> "%s chat %d".formatted(app, added.chat().number());
      case Job.NewMessage added ->
          "%s chat %d message %d"
              .formatted(app, added.message().chat().number(), added.message().number());
      case Job.ErasedAuthor _ -> app + " erasure of an author's messages";
      case Job.ChangedMessage change ->
          "%s chat %d change %d of message %d"
              .formatted(
                  app,
                  change.message().chat().number(),
                  change.number(),
                  change.message().number());
      case Job.ChangedChat change ->
          "%s chat %d change %d".formatted(app, change.chat().number(), change.number());
    };
  }
}
