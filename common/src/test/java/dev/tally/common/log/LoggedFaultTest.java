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
  void whatADatabaseQuotesIsLeftOut() {
    SQLException refused =
        new SQLException("Incorrect string value: 'a secret' for column 'body'", "HY000", 1366);

    assertThat(
            LoggedFault.line(
                foreign(new DuplicateKeyException("insert failed: a secret", refused))))
        .isEqualTo("DuplicateKeyException, caused by SQLException: SQLState HY000, error 1366");
  }

  @Test
  void whatAParserShowsIsLeftOut() {
    JacksonException broken =
        catchThrowableOfType(JacksonException.class, () -> JsonMapper.shared().readTree("secret"));

    assertThat(broken).hasMessageContaining("secret");
    assertThat(LoggedFault.line(broken)).isEqualTo("StreamReadException");
    // wrapped by us without words of our own, it would bring its message along
    assertThat(LoggedFault.line(new IllegalStateException(broken)))
        .isEqualTo("IllegalStateException, caused by StreamReadException");
  }

  @Test
  void whatTellsOfAConnectionStays() {
    assertThat(
            LoggedFault.line(
                foreign(
                    new DataAccessResourceFailureException(
                        "a secret",
                        new SQLTransientConnectionException(
                            "api - Connection is not available",
                            new ConnectException("refused"))))))
        .isEqualTo(
            "DataAccessResourceFailureException, caused by SQLTransientConnectionException: api - Connection is not available, caused by ConnectException: refused");
    assertThat(LoggedFault.line(new SQLException("Communications\n\nlink failure", "08S01")))
        .isEqualTo("SQLException: Communications link failure");
  }

  @Test
  void ofWhatRedisSaysOnlyTheCodeStays() {
    assertThat(
            LoggedFault.line(
                foreign(
                    new RedisCommandExecutionException(
                        "ERR Error running script: OOM command not allowed, a secret"))))
        .isEqualTo("RedisCommandExecutionException: OOM");
    assertThat(LoggedFault.line(foreign(new RedisCommandExecutionException("ERR a secret"))))
        .isEqualTo("RedisCommandExecutionException");
  }

  @Test
  void ourOwnWordsStayButForTokens() {
    assertThat(LoggedFault.line(new IllegalStateException("no counter of app " + TOKEN)))
        .isEqualTo("IllegalStateException: no counter of app 71b52be8…");
    assertThat(LoggedFault.line(new UncheckedIOException(new IOException("ours"))))
        .isEqualTo("UncheckedIOException, caused by IOException: ours");
  }

  @Test
  void theStackTraceStaysWithoutTheMessages() {
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

  @Test
  void tokensAreCutWhereverTheyStand() {
    assertThat(LoggedToken.in("tally:{07}:" + TOKEN + ":3:messages"))
        .isEqualTo("tally:{07}:71b52be8…:3:messages");
    assertThat(LoggedToken.in(TOKEN + " " + TOKEN)).isEqualTo("71b52be8… 71b52be8…");
    assertThat(LoggedToken.in("no token")).isEqualTo("no token");
  }

  /** As if a library had made it: what is made in our packages may speak. */
  private static <T extends Throwable> T foreign(T fault) {
    fault.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("org.example.Library", "call", "Library.java", 1)
        });
    return fault;
  }
}
