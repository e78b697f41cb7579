package dev.tally.worker.erase;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells whose a job is by its text, also if this version cannot decode it: it may hold a text that
 * is to be erased. What clients say is escaped in a job, so no text of theirs looks like a member.
 */
public final class JobText {

  private static final Pattern APP = Pattern.compile("[{,]\"app\":\"([0-9a-f]{32})\"");
  private static final Pattern CHAT = Pattern.compile("[{,]\"chat\":(\\d{1,15})[,}]");

  private JobText() {}

  /** The text of a dead letter's job. */
  public static String of(DeadLetter letter) {
    return new String(letter.job(), StandardCharsets.UTF_8);
  }

  /** The app of a job; empty if it names none. */
  public static Optional<AppToken> app(String job) {
    Matcher app = APP.matcher(job);
    return app.find() ? AppToken.parse(app.group(1)) : Optional.empty();
  }

  /** The chat that a job belongs to; empty if it makes a new one, or names none. */
  public static Optional<ChatName> chat(String job) {
    Matcher chat = CHAT.matcher(job);
    return chat.find()
        ? app(job).map(app -> new ChatName(app, Long.parseLong(chat.group(1))))
        : Optional.empty();
  }
}
