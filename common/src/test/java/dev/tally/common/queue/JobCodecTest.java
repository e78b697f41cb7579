package dev.tally.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobCodecTest {

  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final AppToken APP = new AppToken(TOKEN);
  private static final ChatName CHAT = new ChatName(APP, 3);
  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789012Z");
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private final JobCodec codec = new JobCodec();

  @Test
  void aChatIsReadAsItWasWritten() throws UndecodableJobException {
    String text = codec.openChat(APP, ChatContent.NONE, NOW, TRACE) + "7}";

    assertThat(codec.decode(text))
        .isEqualTo(new Job.NewChat(new ChatName(APP, 7), ChatContent.NONE, NOW, TRACE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hi",
        "🎉 ünïcödé \u2028",
        "\",\"number\":9}",
        "\\\",\"number\":9}",
        "\\u0022,\"number\":9}",
        "\\",
        "\"}",
        "line\nline\ttab\r\b\f\u0001\u007f",
        "</script>",
        "%d %s {0} ${x}"
      })
  void aMessageIsReadAsItWasWritten(String body) throws UndecodableJobException {
    String text = codec.openMessage(CHAT, MessageContent.of(body), NOW, null) + "999999999999999}";

    assertThat(codec.decode(text))
        .isEqualTo(
            new Job.NewMessage(
                new MessageName(CHAT, 999_999_999_999_999L), MessageContent.of(body), NOW, null));
  }

  @Test
  void theWireFormatStays() {
    assertThat(codec.openMessage(CHAT, MessageContent.of("hi"), NOW, null))
        .isEqualTo(
            "{\"v\":1,\"kind\":\"message\",\"app\":\""
                + TOKEN
                + "\",\"chat\":3,"
                + "\"at\":1770091506789012,\"body\":\"hi\",\"number\":");
    assertThat(codec.openChat(APP, ChatContent.NONE, NOW, TRACE))
        .isEqualTo(
            "{\"v\":1,\"kind\":\"chat\",\"app\":\""
                + TOKEN
                + "\",\"at\":1770091506789012,\"trace\":\""
                + TRACE
                + "\",\"number\":");
  }

  @Test
  void whatAChatSaysHasALaterVersion() throws UndecodableJobException {
    ChatContent content = new ChatContent("Support", "{}");

    assertThat(codec.openChat(APP, content, NOW, null))
        .isEqualTo(
            "{\"v\":2,\"kind\":\"chat\",\"app\":\""
                + TOKEN
                + "\",\"at\":1770091506789012,\"name\":\"Support\",\"metadata\":\"{}\",\"number\":");
    assertThat(codec.decode(codec.openChat(APP, content, NOW, null) + "7}"))
        .isEqualTo(new Job.NewChat(new ChatName(APP, 7), content, NOW, null));
  }

  @Test
  void whatAMessageSaysBesidesItsBodyHasALaterVersion() throws UndecodableJobException {
    MessageContent content = new MessageContent("hi", "ann", "{\"a\":[1.0]}", 4L);

    assertThat(codec.openMessage(CHAT, content, NOW, null))
        .isEqualTo(
            "{\"v\":2,\"kind\":\"message\",\"app\":\""
                + TOKEN
                + "\",\"chat\":3,\"at\":1770091506789012,\"body\":\"hi\",\"author\":\"ann\","
                + "\"metadata\":\"{\\\"a\\\":[1.0]}\",\"reply_to\":4,\"number\":");
    assertThat(codec.decode(codec.openMessage(CHAT, content, NOW, null) + "7}"))
        .isEqualTo(new Job.NewMessage(new MessageName(CHAT, 7), content, NOW, null));
  }

  @Test
  void aChangeNamesItsMessageAndHasANumberOfItsOwn() throws UndecodableJobException {
    MessageName message = new MessageName(CHAT, 5);
    MessageChange edit = MessageChange.Edit.all("ho", null);

    assertThat(codec.openChange(message, edit, "ann", 0L, NOW, null))
        .isEqualTo(
            "{\"v\":3,\"kind\":\"edit\",\"app\":\""
                + TOKEN
                + "\",\"chat\":3,\"message\":5,\"at\":1770091506789012,\"body\":\"ho\","
                + "\"metadata\":null,\"author\":\"ann\",\"expected_revision\":0,\"number\":");
    assertThat(codec.decode(codec.openChange(message, edit, "ann", 0L, NOW, null) + "17}"))
        .isEqualTo(new Job.ChangedMessage(message, 17, edit, "ann", 0L, NOW, null));
    MessageChange deletion = new MessageChange.Deletion();
    assertThat(codec.openChange(message, deletion, null, null, NOW, null))
        .isEqualTo(
            "{\"v\":3,\"kind\":\"delete\",\"app\":\""
                + TOKEN
                + "\",\"chat\":3,\"message\":5,\"at\":1770091506789012,\"number\":");
  }

  @Test
  void aChangeOfAChatNamesNoMessage() throws Exception {
    ChatName chat = new ChatName(new AppToken(TOKEN), 3);
    ChatChange edit = new ChatChange.Edit(true, null, true, "{}");
    String open = codec.openChange(chat, edit, "ann", 0L, NOW, null);
    assertThat(open)
        .isEqualTo(
            "{\"v\":4,\"kind\":\"edit\",\"app\":\""
                + TOKEN
                + "\",\"chat\":3,\"at\":1770091506789012,\"name\":null,"
                + "\"metadata\":\"{}\",\"author\":\"ann\",\"expected_revision\":0,\"number\":");
    assertThat(codec.decode(open + "17}"))
        .isEqualTo(new Job.ChangedChat(chat, 17, edit, "ann", 0L, NOW, null));
    ChatChange deletion = new ChatChange.Deletion();
    assertThat(codec.decode(codec.openChange(chat, deletion, null, null, NOW, null) + "18}"))
        .isEqualTo(new Job.ChangedChat(chat, 18, deletion, null, null, NOW, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[]",
        "{}",
        "{\"v\":0,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":1}",
        "{\"v\":1,\"kind\":\"other\",\"app\":\"TOKEN\",\"at\":1,\"number\":1}",
        "{\"v\":1,\"kind\":\"chat\",\"at\":1,\"number\":1}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":0}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":1.5}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":\"1\"}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":99999999999999999999}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":1000000000000000}",
        "{\"v\":1,\"kind\":\"message\",\"app\":\"TOKEN\",\"at\":1,\"number\":1,\"chat\":1000000000000000,\"body\":\"x\"}",
        "{\"v\":1,\"kind\":\"message\",\"app\":\"TOKEN\",\"at\":1,\"number\":1,\"body\":\"x\"}",
        "{\"v\":1,\"kind\":\"message\",\"app\":\"TOKEN\",\"at\":1,\"number\":1,\"chat\":1}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":1,\"number\":2}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":1} x",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":1",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":null}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":-1}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":7,\"at\":1,\"number\":1}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"number\":1}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":\"now\",\"number\":1}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":1,\"trace\":7}",
        "{\"v\":\"1\",\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":1}",
        "{\"v\":1.0,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":1}",
        "{\"v\":18446744073709551617,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":1}",
        "{\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":1}",
        "{\"v\":1,\"app\":\"TOKEN\",\"at\":1,\"number\":1}",
        "{\"v\":1,\"kind\":null,\"app\":\"TOKEN\",\"at\":1,\"number\":1}",
        "{\"v\":1,\"kind\":\"message\",\"app\":\"TOKEN\",\"at\":1,\"number\":1,\"chat\":0,\"body\":\"x\"}",
        "{\"v\":1,\"kind\":\"message\",\"app\":\"TOKEN\",\"at\":1,\"number\":1,\"chat\":1,\"body\":{}}",
        "{\"v\":1,\"kind\":\"message\",\"app\":\"TOKEN\",\"at\":1,\"number\":1,\"chat\":1,\"body\":null}",
        "{\"v\":1,\"kind\":\"message\",\"app\":\"TOKEN\",\"at\":1,\"number\":1,\"chat\":1,\"body\":\"\\ud800x\"}",
        "{\"v\":1,\"kind\":\"message\",\"app\":\"TOKEN\",\"at\":1,\"number\":1,\"chat\":1,\"body\":\"\\udc00\\ud800\"}",
        "{\"v\":2,\"kind\":\"message\",\"app\":\"TOKEN\",\"at\":1,\"number\":1,\"chat\":1,\"body\":\"x\",\"author\":7}",
        "{\"v\":2,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":1,\"name\":7}",
        "{\"v\":2,\"kind\":\"message\",\"app\":\"TOKEN\",\"at\":1,\"number\":1,\"chat\":1,\"body\":\"x\",\"metadata\":{}}",
        "{\"v\":2,\"kind\":\"message\",\"app\":\"TOKEN\",\"at\":1,\"number\":1,\"chat\":1,\"body\":\"x\",\"reply_to\":0}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"\",\"at\":1,\"number\":1}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN0\",\"at\":1,\"number\":1}",
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"ä\",\"at\":1,\"number\":1}",
        "null",
        "1",
        "\"{}\"",
        "\0"
      })
  void aMalformedJobIsRefusedWithoutQuotingIt(String text) {
    assertThatThrownBy(() -> codec.decode(text.replace("TOKEN", TOKEN)))
        .isInstanceOf(UndecodableJobException.class)
        .message()
        .doesNotContain("\"app\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"v\":9,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"number\":1}",
        "{\"v\":9,\"number\":1}",
        "{\"v\":9223372036854775807,\"at\":\"now\",\"secret\":\"TOKEN\"}"
      })
  void aJobOfALaterVersionIsNeverCalledUndecodable(String text) {
    assertThatThrownBy(() -> codec.decode(text.replace("TOKEN", TOKEN)))
        .isInstanceOf(NewerJobException.class)
        .hasMessageContaining("upgrade")
        .hasMessageNotContaining(TOKEN);
  }

  @Test
  void nestingIsBounded() {
    String text =
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"x\":%s%s,\"number\":1}"
            .formatted("[".repeat(1_000), "]".repeat(1_000))
            .replace("TOKEN", TOKEN);

    assertThatThrownBy(() -> codec.decode(text)).isInstanceOf(UndecodableJobException.class);
  }

  @Test
  void aTraceThatABreakoutIsTriedWithStaysAText() throws UndecodableJobException {
    String trace = "\",\"number\":9,\"x\":\"";

    assertThat(codec.decode(codec.openChat(APP, ChatContent.NONE, NOW, trace) + "7}"))
        .isEqualTo(new Job.NewChat(new ChatName(APP, 7), ChatContent.NONE, NOW, trace));
  }

  @Test
  void membersOfALaterMinorFormatAreIgnored() throws UndecodableJobException {
    String text =
        "{\"v\":1,\"kind\":\"chat\",\"app\":\"TOKEN\",\"at\":1,\"tenant\":{\"x\":[1]},\"number\":1}";

    assertThat(codec.decode(text.replace("TOKEN", TOKEN)))
        .isEqualTo(
            new Job.NewChat(
                new ChatName(APP, 1), ChatContent.NONE, Instant.EPOCH.plusNanos(1_000), null));
  }
}
