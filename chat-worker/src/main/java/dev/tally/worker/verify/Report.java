package dev.tally.worker.verify;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/**
 * The result of a verification.
 *
 * @param apps how many apps were checked
 * @param chats how many chats were checked
 * @param messages how many messages were checked
 * @param queued jobs accepted and not persisted yet
 * @param deadLetters jobs that wait for an operator
 * @param pending messages persisted and still in the search outbox
 * @param searchFault why the search index could not be checked, or not to its end; null if it was,
 *     or was not asked for
 * @param unchecked what else could not be checked, and why
 * @param wrong number of findings
 * @param findings the first {@value Findings#SHOWN} findings
 */
public record Report(
    long apps,
    long chats,
    long messages,
    long queued,
    long deadLetters,
    long pending,
    @Nullable DataAccessException searchFault,
    List<String> unchecked,
    long wrong,
    List<String> findings) {

  /** Whether all was checked that was asked for. */
  public boolean isComplete() {
    return searchFault == null && unchecked.isEmpty();
  }
}
