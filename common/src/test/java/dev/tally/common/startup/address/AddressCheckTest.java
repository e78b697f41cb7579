package dev.tally.common.startup.address;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.startup.InvalidSettingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

/** What is accepted. SecretsIT has what services refuse, and that they do not quote it. */
class AddressCheckTest {

  private final MockEnvironment settings =
      new MockEnvironment()
          .withProperty("spring.datasource.url", "jdbc:mysql://localhost:3306/tally")
          .withProperty("spring.data.redis.url", "redis://localhost:6379")
          .withProperty("spring.elasticsearch.uris", "http://localhost:9200");

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "spring.datasource.url jdbc:mysql:///tally",
        "spring.datasource.url jdbc:mysql://db.example.com/tally?sslMode=VERIFY_IDENTITY",
        "spring.datasource.url jdbc:mysql://user:p%40ss@[::1]:3306/tally?useSSL=true",
        "spring.datasource.url jdbc:mysql://db/tally?user=user&password=p@ss",
        "spring.datasource.url jdbc:mysql:replication://a:3306,b:3307/tally?allowReplicaDownConnections=true",
        "spring.datasource.url jdbc:mysql:loadbalance://a,b/tally",
        "spring.datasource.url jdbc:mysql+srv://db.example.com/tally",
        "spring.data.redis.url redis://pass@redis:1",
        "spring.data.redis.url rediss://user:p%C3%A4ss:w0rd@10.0.0.1:65535/12",
        "spring.data.redis.url redis://[::1]:6379/",
        "spring.elasticsearch.uris localhost:9200",
        "spring.elasticsearch.uris https://user:p%2Fss@search.example.com/prefix,http://b:9200",
        "tally.tracing.endpoint http://collector:4318/otlp/",
        "tally.redis.sentinel-nodes 10.0.1.1:26379,sentinel.example.com:26379,[::1]:26379",
        "tally.api.gateway.url http://localhost:0",
        "tally.api.gateway.url https://write.example.com:8443/tally/",
        "tally.web.origins http://localhost:3000,https://[::1]:8443,capacitor://localhost"
      })
  void anAddressThatItsReaderUnderstandsIsAccepted(String property, String value) {
    settings.setProperty(property, value);

    assertThatCode(() -> AddressCheck.check(settings)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tally.tracing.endpoint",
        "tally.redis.cluster-nodes",
        "tally.redis.sentinel-nodes",
        "tally.web.origins"
      })
  void anOptionalSettingMayBeEmpty(String property) {
    settings.setProperty(property, " ");

    assertThatCode(() -> AddressCheck.check(settings)).doesNotThrowAnyException();
  }

  @Test
  void aSettingThatIsNeededMayNotBeEmpty() {
    settings.setProperty("spring.data.redis.url", "");

    assertThatThrownBy(() -> AddressCheck.check(settings))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("TALLY_REDIS_URL must be redis://");
  }

  @Test
  void theUrlBesideNodesNeedsNoPort() {
    settings.setProperty("spring.data.redis.url", "redis://:pass@redis");

    assertThatThrownBy(() -> AddressCheck.check(settings)).hasMessageContaining("TALLY_REDIS_URL");

    settings.setProperty("tally.redis.cluster-nodes", "a:1");

    assertThatCode(() -> AddressCheck.check(settings)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://chat.example.com/",
        "null",
        "*",
        "chat.example.com",
        "http://a,",
        "http://A/b"
      })
  void anOriginThatNoBrowserSendsIsRefused(String origins) {
    settings.setProperty("tally.web.origins", origins);

    assertThatThrownBy(() -> AddressCheck.check(settings))
        .hasMessageStartingWith("TALLY_CORS_ORIGINS must be origins such as");
  }

  @Test
  void aPasswordIsTakenAsItIs() {
    settings.setProperty("spring.datasource.password", "%zz #{1} \u0001 ${");

    assertThatCode(() -> AddressCheck.check(settings)).doesNotThrowAnyException();
  }
}
