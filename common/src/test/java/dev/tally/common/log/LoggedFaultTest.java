package dev.tally.common.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lettuce.core.RedisCommandExecutionException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.redis.RedisSystemException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class LoggedFaultTest {

  private static final String TOKEN = "71b52be8c743459617b09a52519a3c44";

  @Test
  void aMessageOfTheDatabaseIsLeftOut() {
    SQLException refused =
        new SQLException("Incorrect string value: 'a secret' for column 'body'", "HY000", 1366);

    assertThat(
            LoggedFault.line(
                foreign(new DuplicateKeyException("insert failed: a secret", refused))))
        .isEqualTo("DuplicateKeyException, caused by SQLException: SQLState HY000, error 1366");
  }

  @Test
  void aMessageOfAParserIsLeftOut() {
    JacksonException broken =
        catchThrowableOfType(JacksonException.class, () -> JsonMapper.shared().readTree("secret"));

    assertThat(broken).hasMessageContaining("secret");
    assertThat(LoggedFault.line(broken)).isEqualTo("StreamReadException");
    // An exception without a message of its own takes the message of its cause.
    assertThat(LoggedFault.line(new IllegalStateException(broken)))
        .isEqualTo("IllegalStateException, caused by StreamReadException");
  }

  @Test
  void aMessageAboutAConnectionStays() {
    assertThat(
            LoggedFault.line(
                foreign(
                    new DataAccessResourceFailureException(
                        "a secret",
                        new SQLTransientConnectionException(
                            "api - Connection is not available",
                            new ConnectException("refused"))))))
        .isEqualTo(
            "DataAccessResourceFailureException, caused by SQLTransientConnectionException: api -"
                + " Connection is not available, caused by ConnectException: refused");
    assertThat(LoggedFault.line(new SQLException("Communications\n\nlink failure", "08S01")))
        .isEqualTo("SQLException: Communications link failure");
  }

  @Test
  void onlyTheCodeOfARedisErrorStays() {
    assertThat(
            LoggedFault.line(
                foreign(
                    new RedisCommandExecutionException(
                        "ERR Error running script: OOM command not allowed, a secret"))))
        .isEqualTo("RedisCommandExecutionException: OOM");
    assertThat(
            LoggedFault.line(
                foreign(
                    new RedisCommandExecutionException(
                        "NOREPLICAS Not enough good replicas to write."))))
        .isEqualTo("RedisCommandExecutionException: NOREPLICAS");
    assertThat(LoggedFault.line(foreign(new RedisCommandExecutionException("ERR a secret"))))
        .isEqualTo("RedisCommandExecutionException");
  }

  @Test
  void ourOwnMessagesStayWithTokensCut() {
    assertThat(LoggedFault.line(new IllegalStateException("no counter of app " + TOKEN)))
        .isEqualTo("IllegalStateException: no counter of app 71b52be8…");
    assertThat(LoggedFault.line(new UncheckedIOException(new IOException("ours"))))
        .isEqualTo("UncheckedIOException, caused by IOException: ours");
  }

  @Test
  void theStackTraceStaysWithoutMessages() {
    SQLException quoting = new SQLException("Duplicate entry 'a secret'", "23000", 1062);
    StringWriter text = new StringWriter();

    LoggedFault.of(foreign(new RedisSystemException("a secret", quoting)))
        .printStackTrace(new PrintWriter(text, true));

    assertThat(text.toString())
        .contains("LoggedFault: RedisSystemException")
        .contains("Caused by: dev.tally.common.log.LoggedFault: SQLException: SQLState 23000")
        .contains("at org.example.Library.call")
        .doesNotContain("secret");
  }

  /** Makes a fault look as if a library had thrown it: our own messages are logged. */
  private static <T extends Throwable> T foreign(T fault) {
    fault.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("org.example.Library", "call", "Library.java", 1)
        });
    return fault;
  }
}
