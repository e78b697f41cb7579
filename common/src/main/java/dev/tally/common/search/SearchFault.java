package dev.tally.common.search;

import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import dev.tally.common.log.LoggedFault;

/** Faults of Elasticsearch, made safe for the log. */
public final class SearchFault {

  private SearchFault() {}

  /**
   * A fault in one line. Of an error that Elasticsearch answered, this is only the type: the reason
   * may quote a message.
   */
  public static String line(Throwable fault) {
    for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
      if (cause instanceof ElasticsearchException answer) {
        return String.valueOf(answer.error().type());
      }
    }
    return LoggedFault.line(fault);
  }
}
