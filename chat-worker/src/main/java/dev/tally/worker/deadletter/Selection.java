package dev.tally.worker.deadletter;

import dev.tally.common.deadletter.DeadLetter;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters that an operator has chosen.
 *
 * @param ids their ids; null for all
 */
public record Selection(@Nullable Set<String> ids) {

  /** All dead letters. */
  public static final Selection ALL = new Selection(null);

  /** The dead letters with these ids. */
  public static Selection of(Collection<String> ids) {
    return new Selection(new HashSet<>(ids));
  }

  boolean has(DeadLetter letter) {
    return ids == null || ids.contains(letter.id());
  }
}
