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
 * A notice that a chat has new messages. Workers publish it after the commit. It may get lost,
 * arrive late or arrive twice, so readers always ask the database.
 *
 * @param number the highest number of the new messages
 * @param messages how many messages are new, at least one
 */
public record Hint(ChatName chat, long number, long messages) {

  /** Writes each hint as a line of token, chat, number and messages. */
  public static String encode(Collection<Hint> hints) {
    return hints.stream().map(Hint::line).collect(Collectors.joining("\n"));
  }

  private String line() {
    return "%s %d %d %d".formatted(chat.app().value(), chat.number(), number, messages);
  }

  /** Reads the output of {@link #encode}. It skips lines that are not hints. */
  public static List<Hint> decode(String text) {
    List<Hint> hints = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      String[] parts = line.split(" ", -1);
      if (parts.length == 4) {
        Optional<AppToken> app = AppToken.parse(parts[0]);
        long chat = Numbers.parse(parts[1]);
        long number = Numbers.parse(parts[2]);
        long messages = Numbers.parse(parts[3]);
        if (app.isPresent()
            && chat != Numbers.NONE
            && number != Numbers.NONE
            && messages != Numbers.NONE) {
          hints.add(new Hint(new ChatName(app.get(), chat), number, messages));
        }
      }
    }
    return hints;
  }
}
