package dev.tally.common.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoggedTokenTest {

  private static final String TOKEN = "71b52be8c743459617b09a52519a3c44";

  @Test
  void everyTokenOfATextIsCut() {
    assertThat(LoggedToken.in("tally:{07}:" + TOKEN + ":3:messages"))
        .isEqualTo("tally:{07}:71b52be8…:3:messages");
    assertThat(LoggedToken.in(TOKEN + " " + TOKEN)).isEqualTo("71b52be8… 71b52be8…");
  }

  @Test
  void otherTextStays() {
    assertThat(LoggedToken.in("no token")).isEqualTo("no token");
    assertThat(LoggedToken.in(TOKEN + "0")).isEqualTo(TOKEN + "0");
    assertThat(LoggedToken.in(TOKEN.substring(1))).isEqualTo(TOKEN.substring(1));
    assertThat(LoggedToken.in("x" + TOKEN)).isEqualTo("x" + TOKEN);
  }
}
