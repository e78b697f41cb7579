package dev.tally.common.log;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An exception made safe for the log: its type, causes and stack trace, but its message only if
 * that cannot quote user data. MySQL quotes the value that it refuses, Elasticsearch previews it,
 * and a parser shows the text at which it stopped.
 */
public final class LoggedFault extends Exception {

  private static final long serialVersionUID = 1;
  private static final int MAX_CAUSES = 10;

  /** Error codes of Redis. Errors of a script have the code in the middle of the message. */
  private static final Pattern REDIS_CODE =
      Pattern.compile(
          "\\b(OOM|READONLY|NOREPLICAS|MISCONF|LOADING|NOSCRIPT|WRONGTYPE|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOPERM|NOAUTH|BUSY)\\b");

  private LoggedFault(Throwable fault, int depth) {
    super(
        description(fault),
        fault.getCause() == null || depth == MAX_CAUSES
            ? null
            : new LoggedFault(fault.getCause(), depth + 1),
        false,
        true);
    setStackTrace(fault.getStackTrace());
  }

  /** Prepares an unexpected fault, which is logged with its stack trace. */
  public static LoggedFault of(Throwable fault) {
    return new LoggedFault(fault, 1);
  }

  /** The fault and its causes in one line, for a fault that the program handles. */
  public static String line(Throwable fault) {
    StringBuilder line = new StringBuilder(description(fault));
    int depth = 1;
    for (Throwable cause = fault.getCause();
        cause != null && depth < MAX_CAUSES;
        cause = cause.getCause()) {
      line.append(", caused by ").append(description(cause));
      depth++;
    }
    return line.toString();
  }

  private static String description(Throwable fault) {
    String type = fault.getClass().getSimpleName();
    String detail = detail(fault);
    return detail == null ? type : type + ": " + detail;
  }

  private static @Nullable String detail(Throwable fault) {
    String message = fault.getMessage();
    if (isHarmless(fault)) {
      return message == null
          ? null
          : LoggedToken.in(message.strip().replaceAll("\\s*\\p{Cntrl}+\\s*", " "));
    }
    if (fault instanceof SQLException sql) {
      return "SQLState %s, error %d".formatted(sql.getSQLState(), sql.getErrorCode());
    }
    if (fault instanceof RedisCommandExecutionException && message != null) {
      Matcher code = REDIS_CODE.matcher(message);
      return code.find() ? code.group() : null;
    }
    return null;
  }

  private static boolean isHarmless(Throwable fault) {
    return switch (fault) {
      case SocketException _,
          SocketTimeoutException _,
          UnknownHostException _,
          ClosedChannelException _,
          TimeoutException _,
          RedisCommandTimeoutException _,
          RedisConnectionException _,
          SQLTransientConnectionException _ ->
          true;
      // SQLState class 08 is about the connection, so no statement is quoted.
      case SQLException sql -> sql.getSQLState() != null && sql.getSQLState().startsWith("08");
      // Lettuce throws this type itself; errors from the server have other types.
      case RedisException _ when fault.getClass() == RedisException.class -> true;
      default -> isOurs(fault);
    };
  }

  /** Our own messages quote nothing. An exception without one takes over its cause's message. */
  private static boolean isOurs(Throwable fault) {
    StackTraceElement[] trace = fault.getStackTrace();
    boolean madeByUs =
        fault.getClass().getName().startsWith("dev.tally.")
            || (trace.length > 0 && trace[0].getClassName().startsWith("dev.tally."));
    return madeByUs
        && (fault.getCause() == null
            || !Objects.equals(fault.getMessage(), fault.getCause().toString()));
  }
}
