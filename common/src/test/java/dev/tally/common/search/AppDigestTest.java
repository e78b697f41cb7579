package dev.tally.common.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import org.junit.jupiter.api.Test;

class AppDigestTest {

  private static final String TOKEN = "71b52be8c743459617b09a52519a3c44";

  /** Documents in existing indexes have these names: a change needs a new layout. */
  @Test
  void aDigestNeverChanges() {
    assertThat(AppDigest.of(new AppToken(TOKEN)).value()).isEqualTo("LEc-lQSFxIj86MLnHYPYnQ");
  }

  @Test
  void anotherTokenHasAnotherDigest() {
    AppToken other = new AppToken(TOKEN.replace('4', '5'));

    assertThat(AppDigest.of(other)).isNotEqualTo(AppDigest.of(new AppToken(TOKEN)));
  }
}
