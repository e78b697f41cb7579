package dev.tally.system.faults.workload;

import java.util.List;

/** The outcome of a request, as far as its client knows it. */
public sealed interface Outcome {

  /** 201 for an app. */
  public record CreatedApp(String token) implements Outcome {}

  /**
   * 201 for a chat or for messages, 200 for a change.
   *
   * @param last the same as {@code first}, unless it was a batch
   */
  public record Accepted(long first, long last) implements Outcome {}

  /** 200 for a page of messages. */
  public record Page(List<State.Message> messages) implements Outcome {}

  /** 200 for a page of changes. */
  public record ChangePage(List<State.Change> changes) implements Outcome {}

  /** 200 for a chat. */
  public record ChatSeen(long messagesCount, long changesCount, long deletedCount)
      implements Outcome {

    /** A chat without changes. */
    public ChatSeen(long messagesCount) {
      this(messagesCount, 0, 0);
    }
  }

  /**
   * The request had no effect: a problem other than 503 {@code unavailable}.
   *
   * @param problemType the part of the problem's type after {@code urn:tally:problem:}
   */
  public record Refused(int status, String problemType) implements Outcome {}

  /**
   * The request may have had an effect, or may still have one: a timeout, a broken connection, 503
   * {@code unavailable}.
   */
  public record Unknown(String reason) implements Outcome {}
}
