package dev.tally.common.hint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import java.util.List;
import org.junit.jupiter.api.Test;

class HintTest {

  private static final String APP = "0123456789abcdef0123456789abcdef";
  private static final ChatName CHAT = new ChatName(new AppToken(APP), 1);

  @Test
  void encodedHintsAreDecoded() {
    List<Hint> hints =
        List.of(
            new Hint(CHAT, 7, 3), new Hint(new ChatName(CHAT.app(), 999_999_999_999_999L), 1, 1));

    assertThat(Hint.encode(hints)).isEqualTo(APP + " 1 7 3\n" + APP + " 999999999999999 1 1");
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
                APP + " 1 2 3 4")
            + "\n"
            + APP
            + " 1 2 1\n";

    assertThat(Hint.decode(text)).containsExactly(new Hint(CHAT, 2, 1));
  }
}
