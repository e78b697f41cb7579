package dev.tally.common.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import org.junit.jupiter.api.Test;

/** Data in Redis outlives a release: a changed name needs a new {@link RedisLayout} version. */
class PartitionKeysTest {

  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final AppToken APP = new AppToken(TOKEN);

  @Test
  void keysOfAPartitionShareItsHashTag() {
    PartitionKeys keys = new PartitionKeys(7);

    assertThat(keys.chats(APP)).isEqualTo("tally:{07}:" + TOKEN + ":chats");
    assertThat(keys.messages(new ChatName(APP, 12)))
        .isEqualTo("tally:{07}:" + TOKEN + ":12:messages");
    assertThat(keys.jobs(APP)).isEqualTo("tally:{07}:" + TOKEN + ":jobs");
    assertThat(keys.state()).isEqualTo("tally:{07}:state");
    assertThat(keys.barrier()).isEqualTo("tally:{07}:jobs");
    assertThat(keys.ring()).isEqualTo("tally:{07}:ring");
    assertThat(keys.retried()).isEqualTo("tally:{07}:retried");
    assertThat(keys.claimed()).isEqualTo("tally:{07}:claimed");
    assertThat(keys.owner()).isEqualTo("tally:{07}:owner");
    assertThat(keys.dead()).isEqualTo("tally:{07}:dead");
    assertThat(keys.hints()).isEqualTo("tally:{07}:hints");
    assertThat(keys.records(APP))
        .containsExactly(
            "tally:{07}:" + TOKEN + ":records:0",
            "tally:{07}:" + TOKEN + ":records:1",
            "tally:{07}:" + TOKEN + ":records:2");
    assertThat(keys.shards(APP, 'x'))
        .containsExactly(
            "tally:{07}:" + TOKEN + ":records:0:x",
            "tally:{07}:" + TOKEN + ":records:1:x",
            "tally:{07}:" + TOKEN + ":records:2:x");
  }

  @Test
  void aScriptBuildsTheNameOfAMessageCounterFromItsTwoParts() {
    PartitionKeys keys = new PartitionKeys(7);

    assertThat(keys.messagesBeforeNumber(APP) + 12 + PartitionKeys.MESSAGES_AFTER_NUMBER)
        .isEqualTo(keys.messages(new ChatName(APP, 12)));
  }

  @Test
  void aScriptBuildsTheNameOfAnAppsJobsFromItsTwoParts() {
    PartitionKeys keys = new PartitionKeys(7);

    assertThat(keys.beforeToken() + TOKEN + PartitionKeys.JOBS_AFTER_TOKEN)
        .isEqualTo(keys.jobs(APP));
  }

  @Test
  void aHashTagHasTwoDigits() {
    assertThat(new PartitionKeys(0).ring()).isEqualTo("tally:{00}:ring");
    assertThat(new PartitionKeys(9).ring()).isEqualTo("tally:{09}:ring");
    assertThat(new PartitionKeys(10).ring()).isEqualTo("tally:{10}:ring");
    assertThat(new PartitionKeys(99).ring()).isEqualTo("tally:{99}:ring");
  }

  @Test
  void keysOfTheDeploymentHaveNoHashTag() {
    assertThat(PartitionKeys.WORKERS).isEqualTo("tally:workers");
    assertThat(PartitionKeys.PARTITION_COUNT).isEqualTo("tally:partitions");
    assertThat(PartitionKeys.LAYOUT).isEqualTo("tally:layout");
  }

  /** In the pattern, the asterisk stands for the two digits of the hash tag. */
  @Test
  void thePatternOfAllHintsMatchesTheChannelOfEachPartition() {
    String[] parts = PartitionKeys.ALL_HINTS.split("\\*", -1);

    assertThat(parts).hasSize(2);
    for (int partition = 0; partition < Partitions.MAX_COUNT; partition++) {
      assertThat(new PartitionKeys(partition).hints()).startsWith(parts[0]).endsWith(parts[1]);
    }
  }
}
