package dev.tally.common.redis.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which of several named primaries is believed in, and where Lettuce is led. */
class NamedPrimaryTest {

  private static final int SENTINELS = 3;

  private final NamedPrimary old = new NamedPrimary("10.0.0.1", 6379, 4);
  private final NamedPrimary promoted = new NamedPrimary("10.0.0.2", 6379, 5);

  @Test
  void theOneOfTheLatestFailoverHolds() {
    assertThat(latest(null, old, promoted, old)).isEqualTo(promoted);
    assertThat(latest(old, old, promoted)).isEqualTo(promoted);
    assertThat(latest(old, promoted)).isEqualTo(promoted);
  }

  @Test
  void withoutAnAnswerNoneIsKnown() {
    assertThat(latest(null)).isNull();
    assertThat(latest(old)).isNull();
  }

  @Test
  void aMinorityThatLagsBehindIsNotBelieved() {
    assertThat(latest(promoted, old)).isNull();
    assertThat(latest(null, old)).isEqualTo(old);
  }

  @Test
  void sentinelsThatWereSetUpAnewAreBelieved() {
    NamedPrimary anew = new NamedPrimary("10.0.0.3", 6379, 0);

    assertThat(latest(promoted, anew, anew)).isEqualTo(anew);
  }

  @Test
  void thePresentOneStaysWhileSentinelsDisagree() {
    NamedPrimary other = new NamedPrimary("10.0.0.3", 6379, 5);

    assertThat(latest(promoted, other, promoted)).isEqualTo(promoted);
    assertThat(latest(promoted, promoted, other)).isEqualTo(promoted);
  }

  @Test
  void lettuceIsLedFromAFormerPrimaryToThePresentOne() {
    PrimaryAddresses addresses = new PrimaryAddresses();
    assertThat(addresses.resolve(uri(old))).isEqualTo(address(old));

    addresses.learn(old, List.of(old));
    assertThat(addresses.resolve(uri(old))).isEqualTo(address(old));
    assertThat(addresses.resolve(uri(promoted))).isEqualTo(address(promoted));

    addresses.learn(promoted, List.of(promoted));
    assertThat(addresses.resolve(uri(old))).isEqualTo(address(promoted));
    assertThat(addresses.resolve(uri(promoted))).isEqualTo(address(promoted));

    addresses.learn(old, List.of(old));
    assertThat(addresses.resolve(uri(old))).isEqualTo(address(old));
    assertThat(addresses.resolve(uri(promoted))).isEqualTo(address(old));
  }

  @Test
  void aPrimaryThatOnlyALaggingSentinelNamesIsAFormerOne() {
    PrimaryAddresses addresses = new PrimaryAddresses();

    addresses.learn(promoted, List.of(old, promoted));

    assertThat(addresses.resolve(uri(old))).isEqualTo(address(promoted));
  }

  private static @Nullable NamedPrimary latest(
      @Nullable NamedPrimary before, NamedPrimary... answers) {
    return NamedPrimary.latest(List.of(answers), SENTINELS, before).orElse(null);
  }

  private static RedisURI uri(NamedPrimary primary) {
    return RedisURI.create(primary.host(), primary.port());
  }

  private static SocketAddress address(NamedPrimary primary) {
    return InetSocketAddress.createUnresolved(primary.host(), primary.port());
  }
}
