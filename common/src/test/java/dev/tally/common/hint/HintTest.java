package dev.tally.common.hint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.Numbers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HintTest {

  private static final String APP = "0123456789abcdef0123456789abcdef";
  private static final ChatName CHAT = new ChatName(new AppToken(APP), 1);

  @Test
  void encodedHintsAreDecoded() {
    List<Hint> hints =
        List.of(
            new Hint.NewMessages(CHAT, 7, 3),
            new Hint.NewChanges(CHAT, 17),
            new Hint.NewMessages(new ChatName(CHAT.app(), 999_999_999_999_999L), 1, 1));

    assertThat(Hint.encode(hints))
        .isEqualTo(APP + " 1 7 3\n" + APP + " 1 change 17\n" + APP + " 999999999999999 1 1");
    assertThat(Hint.decode(Hint.encode(hints))).isEqualTo(hints);
  }

  @Test
  void malformedHintsAreSkipped() {
    String text =
        String.join(
                "\n",
                "",
                "x",
                APP,
                APP + " 1 2",
                APP + " x 1 1",
                APP + " 1 -1 1",
                APP + " 1 1 x",
                "x 1 1 1",
                APP + " 1 2 3 4",
                APP + " 1 change",
                APP + " 1 change x",
                APP + " 1 change 0",
                APP + " 1 other 1",
                APP + " x change 1",
                "x 1 change 1",
                APP + " 1 change 1 2")
            + "\n"
            + APP
            + " 1 2 1\n"
            + APP
            + " 1 change 3\n";

    assertThat(Hint.decode(text))
        .containsExactly(new Hint.NewMessages(CHAT, 2, 1), new Hint.NewChanges(CHAT, 3));
  }

  @Test
  void anApiThatKnowsNoChangesReadsTheMessagesOfNewHints() {
    String text =
        Hint.encode(List.of(new Hint.NewChanges(CHAT, 17), new Hint.NewMessages(CHAT, 7, 3)));

    assertThat(decodedBefore(text)).containsExactly(new Hint.NewMessages(CHAT, 7, 3));
  }

  @Test
  void hintsOfAWorkerThatKnowsNoChangesAreRead() {
    assertThat(Hint.decode(APP + " 1 7 3\n" + APP + " 2 9 1"))
        .containsExactly(
            new Hint.NewMessages(CHAT, 7, 3),
            new Hint.NewMessages(new ChatName(CHAT.app(), 2), 9, 1));
  }

  /** What services did before there were changes. */
  private static List<Hint> decodedBefore(String text) {
    List<Hint> hints = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      String[] parts = line.split(" ", -1);
      if (parts.length == 4) {
        long chat = Numbers.parse(parts[1]);
        long number = Numbers.parse(parts[2]);
        long messages = Numbers.parse(parts[3]);
        if (AppToken.parse(parts[0]).isPresent()
            && chat != Numbers.NONE
            && number != Numbers.NONE
            && messages != Numbers.NONE) {
          hints.add(
              new Hint.NewMessages(new ChatName(new AppToken(parts[0]), chat), number, messages));
        }
      }
    }
    return hints;
  }
}
