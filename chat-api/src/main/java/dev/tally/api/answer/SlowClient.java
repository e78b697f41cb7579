package dev.tally.api.answer;

import java.io.IOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** A client that reads its answer too slowly. The web server ends the answer with a time-out. */
public final class SlowClient {

  private SlowClient() {}

  /** Whether such a client is why an answer could not be written. */
  public static boolean isCauseOf(IOException fault) {
    for (@Nullable Throwable cause = fault; cause != null; cause = cause.getCause()) {
      if (cause instanceof SocketTimeoutException) {
        return true;
      }
    }
    return false;
  }
}
