package dev.tally.gateway.accept;

import dev.tally.common.accept.Acceptance;
import dev.tally.common.accept.IdempotencyKey;
import dev.tally.common.accept.JobQueue;
import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.identity.Numbers;
import dev.tally.common.queue.ChatChange;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageContent;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Accepts writes. If a method returns, the jobs are queued; if it throws a problem, none is. */
@Component
public final class Acceptor {

  private static final Duration QUEUE_FULL_RETRY = Duration.ofSeconds(5);

  private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

  private final JobQueue queue;
  private final JobCodec codec;
  private final Clock clock;
  private final Counter chats;
  private final Counter messages;
  private final Counter changes;
  private final Counter erasures;
  private final Counter replayed;

  Acceptor(
      JobQueue queue,
      JobCodec codec,
      Clock clock,
      AcceptProperties properties,
      MeterRegistry meters) {
    this.queue = queue;
    this.codec = codec;
    this.clock = clock;
    this.chats = accepted("chat", meters);
    this.messages = accepted("message", meters);
    this.changes = accepted("change", meters);
    this.erasures = accepted("erasure", meters);
    this.replayed =
        Counter.builder("tally.replayed")
            .description("Requests that repeated an Idempotency-Key and got the same answer")
            .register(meters);
    Gauge.builder("tally.queue.limit", properties::queueLimit)
        .description("Jobs that may wait in a partition before the gateway refuses writes")
        .register(meters);
    Gauge.builder("tally.queue.limit.bytes", () -> properties.queueBytes().toBytes())
        .description("Bytes of jobs that may wait in a partition before the gateway refuses writes")
        .register(meters);
  }

  private static Counter accepted(String kind, MeterRegistry meters) {
    return Counter.builder("tally.accepted")
        .description("Chats, messages, changes and erasures that were accepted")
        .tag("kind", kind)
        .register(meters);
  }

  /**
   * Accepts a new chat.
   *
   * @return the chat's number
   * @throws ProblemException if the chat was not accepted
   * @throws org.springframework.dao.DataAccessException if Redis is refused or does not answer, or
   *     MySQL does not when a counter is recovered, or too few replicas of Redis have confirmed the
   *     write. Without an answer from Redis, the write may be queued or not.
   */
  public long chat(
      AppToken app,
      ChatContent content,
      @Nullable IdempotencyKey key,
      @Nullable String traceparent) {
    String job = codec.openChat(app, content, Instant.now(clock), traceparent);
    return accept(new Parent.App(app), List.of(job), Numbers.NONE, key, chats).last();
  }

  /**
   * Accepts messages and gives them consecutive numbers in their order.
   *
   * @param contents at least one
   * @throws NoSuchMessageException if none of the messages was accepted, because one answers a
   *     message whose number the chat has not given out
   * @throws ProblemException if none of the messages was accepted
   * @throws org.springframework.dao.DataAccessException if Redis is refused or does not answer, or
   *     MySQL does not when a counter is recovered, or too few replicas of Redis have confirmed the
   *     write. Without an answer from Redis, the write may be queued or not.
   */
  public NumberRange messages(
      ChatName chat,
      List<MessageContent> contents,
      @Nullable IdempotencyKey key,
      @Nullable String traceparent) {
    Instant now = Instant.now(clock);
    List<String> jobs =
        contents.stream()
            .map(content -> codec.openMessage(chat, content, now, traceparent))
            .toList();
    return accept(new Parent.Chat(chat), jobs, repliedTo(contents), key, messages);
  }

  /**
   * Accepts a change of a message. Whether it has an effect is known only when it is persisted: the
   * message may be deleted by then, or have another revision.
   *
   * @return the change's number in the chat
   * @throws ProblemException if the change was not accepted; 404 if the chat has not given out the
   *     message's number
   * @throws org.springframework.dao.DataAccessException if Redis is refused or does not answer, or
   *     MySQL does not when a counter is recovered, or too few replicas of Redis have confirmed the
   *     write. Without an answer from Redis, the write may be queued or not.
   */
  public long change(
      RequestedChange requested, @Nullable IdempotencyKey key, @Nullable String traceparent) {
    try {
      return changes(requested.message().chat(), List.of(requested), key, traceparent).last();
    } catch (NoSuchMessageException e) {
      throw ProblemException.messageNotFound();
    }
  }

  /**
   * Accepts changes of a chat's messages and gives them consecutive numbers in their order, as
   * {@link #change} does with one.
   *
   * @param requested at least one
   * @throws NoSuchMessageException if none of the changes was accepted, because the chat has not
   *     given out the number of a message
   * @throws ProblemException if none of the changes was accepted
   * @throws org.springframework.dao.DataAccessException if Redis is refused or does not answer, or
   *     MySQL does not when a counter is recovered, or too few replicas of Redis have confirmed the
   *     write. Without an answer from Redis, the write may be queued or not.
   */
  public NumberRange changes(
      ChatName chat,
      List<RequestedChange> requested,
      @Nullable IdempotencyKey key,
      @Nullable String traceparent) {
    Instant now = Instant.now(clock);
    long highest = Numbers.NONE;
    List<String> jobs = new ArrayList<>(requested.size());
    for (RequestedChange each : requested) {
      highest = Math.max(highest, each.message().number());
      jobs.add(
          codec.openChange(
              each.message(),
              each.change(),
              each.author(),
              each.expectedRevision(),
              now,
              traceparent));
    }
    return accept(new Parent.Changes(chat), jobs, highest, key, changes);
  }

  /**
   * Accepts a change of a chat. Whether an edit has an effect is known only when it is persisted:
   * it may expect another revision. A deletion always has one, and the chat takes no writes from
   * then on.
   *
   * @return the change's number in the chat
   * @throws ProblemException if the change was not accepted; 404 if there is no such chat, 410 if
   *     it is deleted
   * @throws org.springframework.dao.DataAccessException if Redis is refused or does not answer, or
   *     MySQL does not when a counter is recovered, or too few replicas of Redis have confirmed the
   *     write. Without an answer from Redis, the write may be queued or not.
   */
  public long change(
      RequestedChatChange requested, @Nullable IdempotencyKey key, @Nullable String traceparent) {
    ChatName chat = requested.chat();
    String job =
        codec.openChange(
            chat,
            requested.change(),
            requested.author(),
            requested.expectedRevision(),
            Instant.now(clock),
            traceparent);
    Parent parent = new Parent.Changes(chat);
    Acceptance acceptance =
        requested.change() instanceof ChatChange.Deletion
            ? queue.delete(chat, job, key)
            : queue.accept(parent, List.of(job), Numbers.NONE, key);
    return accepted(acceptance, 1, changes).last();
  }

  /**
   * Accepts that what an author wrote is erased in all chats of an app. It is done after all that
   * was accepted before.
   *
   * @throws ProblemException if the erasure was not accepted
   * @throws org.springframework.dao.DataAccessException if Redis is refused or does not answer, or
   *     MySQL does not when a counter is recovered, or too few replicas of Redis have confirmed the
   *     write. Without an answer from Redis, the write may be queued or not.
   */
  public void erasure(
      AppToken app, String author, @Nullable IdempotencyKey key, @Nullable String traceparent) {
    String job = codec.openErasure(app, author, Instant.now(clock), traceparent);
    accept(new Parent.Unnumbered(app), List.of(job), Numbers.NONE, key, erasures);
  }

  /** The highest number of a message that one of these answers. */
  private static long repliedTo(List<MessageContent> contents) {
    long highest = Numbers.NONE;
    for (MessageContent content : contents) {
      if (content.replyTo() != null) {
        highest = Math.max(highest, content.replyTo());
      }
    }
    return highest;
  }

  private NumberRange accept(
      Parent parent,
      List<String> jobs,
      long mentioned,
      @Nullable IdempotencyKey key,
      Counter accepted) {
    Acceptance acceptance = queue.accept(parent, jobs, mentioned, key);
    return accepted(acceptance, jobs.size(), accepted);
  }

  private NumberRange accepted(Acceptance acceptance, int count, Counter accepted) {
    return switch (acceptance) {
      case Acceptance.Accepted(NumberRange numbers, boolean again) -> {
        if (again) {
          replayed.increment();
        } else {
          accepted.increment(count);
        }
        yield numbers;
      }
      case Acceptance.ChatDeleted _ -> throw ProblemException.chatDeleted();
      case Acceptance.NoSuchMessage(long highest) -> throw new NoSuchMessageException(highest);
      case Acceptance.KeyReused _ ->
          throw ProblemException.of(
              ProblemType.IDEMPOTENCY_KEY_REUSED,
              "This Idempotency-Key has been used for another request.");
      case Acceptance.TooManyKeys(Duration retryAfter) ->
          throw ProblemException.retryable(
              ProblemType.TOO_MANY_IDEMPOTENCY_KEYS,
              "The app has used too many idempotency keys:"
                  + " write without an Idempotency-Key, or wait until keys expire.",
              retryAfter.compareTo(SHORTEST_RETRY) < 0 ? SHORTEST_RETRY : retryAfter);
      case Acceptance.QueueFull _ ->
          throw ProblemException.retryable(
              ProblemType.QUEUE_FULL,
              "Too many writes are waiting for the database.",
              QUEUE_FULL_RETRY);
      case Acceptance.AppDeleted _ -> throw ProblemException.appDeleted();
      case Acceptance.Unchecked _,
          Acceptance.UnknownAccess _,
          Acceptance.UnknownParent _,
          Acceptance.CounterUnusable _,
          Acceptance.CounterBehind _ ->
          // Another epoch has begun, the recovered counter is gone again, or it is so far behind
          // that it takes several steps.
          throw ProblemException.retryable(
              ProblemType.UNAVAILABLE, "The counter could not be recovered.", SHORTEST_RETRY);
    };
  }
}
