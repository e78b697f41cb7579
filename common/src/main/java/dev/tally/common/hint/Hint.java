package dev.tally.common.hint;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.Numbers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A notice that a chat has something new. Workers publish it after the commit. It may get lost,
 * arrive late or arrive twice, so readers always ask the database.
 */
public sealed interface Hint {

  /** What stands in the line of new changes where a line of messages has a number. */
  String CHANGE = "change";

  /** The chat that has something new. */
  ChatName chat();

  /** The hint as a line of four words. */
  String line();

  /**
   * A chat has new messages.
   *
   * @param highest the highest number of the new messages
   * @param count how many messages are new, at least one
   */
  record NewMessages(ChatName chat, long highest, long count) implements Hint {

    @Override
    public String line() {
      return "%s %d %d %d".formatted(chat.app().value(), chat.number(), highest, count);
    }
  }

  /**
   * A chat has new changes.
   *
   * @param highest the highest number of the new changes
   */
  record NewChanges(ChatName chat, long highest) implements Hint {

    @Override
    public String line() {
      return "%s %d %s %d".formatted(chat.app().value(), chat.number(), CHANGE, highest);
    }
  }

  /**
   * Writes each hint as a line: token, chat, number and messages, or token, chat, {@value #CHANGE}
   * and number. Services that know only the former skip the latter.
   */
  static String encode(Collection<? extends Hint> hints) {
    return hints.stream().map(Hint::line).collect(Collectors.joining("\n"));
  }

  /** Reads the output of {@link #encode}. It skips lines that are not hints. */
  static List<Hint> decode(String text) {
    List<Hint> hints = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      String[] words = line.split(" ", -1);
      if (words.length == 4) {
        Optional<AppToken> app = AppToken.parse(words[0]);
        long chat = Numbers.parse(words[1]);
        if (app.isPresent() && chat != Numbers.NONE) {
          decode(new ChatName(app.get(), chat), words[2], words[3]).ifPresent(hints::add);
        }
      }
    }
    return hints;
  }

  private static Optional<Hint> decode(ChatName chat, String third, String fourth) {
    long last = Numbers.parse(fourth);
    if (last == Numbers.NONE) {
      return Optional.empty();
    }
    if (third.equals(CHANGE)) {
      return Optional.of(new NewChanges(chat, last));
    }
    long highest = Numbers.parse(third);
    return highest == Numbers.NONE
        ? Optional.empty()
        : Optional.of(new NewMessages(chat, highest, last));
  }
}
