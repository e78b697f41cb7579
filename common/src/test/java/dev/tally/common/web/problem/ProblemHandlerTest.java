package dev.tally.common.web.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.tally.common.startup.IncompatibleDataException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

class ProblemHandlerTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void aProblemIsAnsweredAsItIs() throws Exception {
    failing(ProblemException.of(ProblemType.INVALID_FIELD, "body must not be blank."))
        .andExpect(status().is(422))
        .andExpect(content().contentType("application/problem+json"))
        .andExpect(jsonPath("$.type").value("urn:tally:problem:invalid-field"))
        .andExpect(jsonPath("$.title").value("Invalid field"))
        .andExpect(jsonPath("$.status").value(422))
        .andExpect(jsonPath("$.detail").value("body must not be blank."))
        .andExpect(jsonPath("$.instance").value("/apps"))
        .andExpect(jsonPath("$.error").value("body must not be blank."))
        .andExpect(header().doesNotExist("Retry-After"))
        .andExpect(header().doesNotExist("WWW-Authenticate"));

    assertThat(rejected("invalid-field")).isEqualTo(1);
    assertThat(rejected("internal-error")).isZero();
  }

  @ParameterizedTest
  @MethodSource
  void retryAfterIsRoundedUpToWholeSeconds(Duration wait, String seconds) throws Exception {
    failing(ProblemException.retryable(ProblemType.QUEUE_FULL, "Wait.", wait))
        .andExpect(status().is(503))
        .andExpect(header().string("Retry-After", seconds));
  }

  static Stream<Arguments> retryAfterIsRoundedUpToWholeSeconds() {
    return Stream.of(
        arguments(Duration.ZERO, "1"),
        arguments(Duration.ofSeconds(1), "1"),
        arguments(Duration.ofSeconds(1).plusNanos(1), "2"),
        arguments(Duration.ofSeconds(5), "5"));
  }

  @Test
  void aMissingAdminKeyIsAskedFor() throws Exception {
    failing(ProblemException.of(ProblemType.UNAUTHORIZED, "Send the key."))
        .andExpect(status().is(401))
        .andExpect(header().string("WWW-Authenticate", "Bearer realm=\"tally\""));
  }

  @Test
  void aQueryThatTomcatCannotReadIsMalformed() throws Exception {
    failing(new InvalidParameterException("a secret", 400))
        .andExpect(status().is(400))
        .andExpect(jsonPath("$.type").value("urn:tally:problem:malformed-request"))
        .andExpect(content().string(not(containsString("secret"))));
  }

  static Stream<Exception> aServerThatIsAwayMakesTheServiceUnavailable() {
    return Stream.of(
        new QueryTimeoutException("a secret"),
        new DataAccessResourceFailureException("a secret"),
        new RedisConnectionFailureException("a secret"),
        new RedisSystemException("a secret", null),
        new CannotGetJdbcConnectionException("a secret"),
        new UncategorizedSQLException("a secret", null, new SQLException()),
        new CannotCreateTransactionException("a secret"),
        new TransactionSystemException("a secret"),
        new TransactionTimedOutException("a secret"),
        new IncompatibleDataException("a secret"));
  }

  @ParameterizedTest
  @MethodSource
  void aServerThatIsAwayMakesTheServiceUnavailable(Exception fault) throws Exception {
    failing(fault)
        .andExpect(status().is(503))
        .andExpect(jsonPath("$.type").value("urn:tally:problem:unavailable"))
        .andExpect(header().string("Retry-After", "1"))
        .andExpect(content().string(not(containsString("secret"))));

    assertThat(rejected("unavailable")).isEqualTo(1);
  }

  static Stream<Exception> aFaultOfOursIsAnInternalError() {
    return Stream.of(
        new DataIntegrityViolationException("a secret"), new IllegalStateException("a secret"));
  }

  @ParameterizedTest
  @MethodSource
  void aFaultOfOursIsAnInternalError(Exception fault) throws Exception {
    failing(fault)
        .andExpect(status().is(500))
        .andExpect(jsonPath("$.type").value("urn:tally:problem:internal-error"))
        .andExpect(header().doesNotExist("Retry-After"))
        .andExpect(content().string(not(containsString("secret"))));

    assertThat(rejected("internal-error")).isEqualTo(1);
  }

  @Test
  void aWrongMethodIsNamed() throws Exception {
    mvc(new IllegalStateException())
        .perform(delete("/apps"))
        .andExpect(status().is(405))
        .andExpect(jsonPath("$.type").value("urn:tally:problem:method-not-allowed"))
        .andExpect(jsonPath("$.detail").value(containsString("DELETE")))
        .andExpect(header().string("Allow", "GET"));
  }

  @Test
  void aClientThatDoesNotAcceptJsonGetsItsProblemAllTheSame() throws Exception {
    mvc(new IllegalStateException())
        .perform(get("/apps").accept("text/html"))
        .andExpect(status().is(406))
        .andExpect(content().contentType("application/problem+json"))
        .andExpect(jsonPath("$.detail").value("Not acceptable."));
  }

  @RestController
  record Failing(Exception fault) {
    @GetMapping(path = "/apps", produces = "application/json")
    String fail() throws Exception {
      throw fault;
    }
  }

  private ResultActions failing(Exception fault) throws Exception {
    return mvc(fault).perform(get("/apps"));
  }

  private MockMvc mvc(Exception fault) {
    return MockMvcBuilders.standaloneSetup(new Failing(fault))
        .setControllerAdvice(new ProblemHandler(meters))
        .build();
  }

  private double rejected(String reason) {
    return meters.get("tally.rejected").tag("reason", reason).counter().count();
  }
}
