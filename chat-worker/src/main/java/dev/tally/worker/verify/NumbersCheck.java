package dev.tally.worker.verify;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.epoch.Epochs;
import dev.tally.common.epoch.PartitionEpoch;
import dev.tally.common.epoch.PartitionRows;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.worker.numbers.Counters;
import dev.tally.worker.numbers.Counters.Counter;
import dev.tally.worker.numbers.MissingNumbers;
import dev.tally.worker.numbers.NumberSearch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Finds accepted numbers that are in no row, job or dead letter. Accepted is what a counter of the
 * present epoch has given out, and what is below a persisted number.
 *
 * <p>It runs while gateways give out numbers and workers drain, and reports nothing that is right:
 *
 * <ul>
 *   <li>The counters are read first. A number that they have by then was given out together with
 *       its job, so the job is somewhere from then on. Later numbers are not looked for.
 *   <li>Then {@link NumberSearch} follows the jobs on their way, and reads the rows last. A batch
 *       that is claimed, persisted and acknowledged meanwhile is met further on.
 *   <li>A dead letter that is retried goes back, and can be missed by one look. So a number must be
 *       missing in two looks, one after the other.
 *   <li>If another epoch begins during a look, or Redis restarts or is emptied, the counters may
 *       have been those of another time. Then the look does not count, and the next one reads the
 *       counters again: only what they have given out in the present epoch is still looked for.
 *   <li>Numbers that MySQL has lost, and that a worker is about to fill, are not named one by one.
 * </ul>
 *
 * <p>Rows that were there once stay, so those of an older snapshot are good enough to find the
 * candidates. Candidates are ranges. When there are {@value #MOST_RANGES} of them, they are settled
 * before more are collected, which bounds the memory.
 */
@Component
class NumbersCheck {

  private static final int MOST_RANGES = 50_000;

  /** Counters of chats without rows that are read at once. */
  private static final int PAGE = 1_000;

  /** Looks in a row, in one epoch, after which a number is missing. */
  private static final int LOOKS = 2;

  /** Looks after which an epoch that changes again and again is given up. */
  private static final int MOST_LOOKS = 10;

  /** Between two looks, so that a dead letter that is dropped has its void row in the second. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Counters counters;
  private final NumberSearch search;
  private final Epochs epochs;
  private final PartitionRows partitions;
  private final RedisLayout layout;
  private final TransactionTemplate outsideOfSnapshot;

  NumbersCheck(
      Counters counters,
      NumberSearch search,
      Epochs epochs,
      JdbcClient jdbc,
      RedisLayout layout,
      PlatformTransactionManager transactions) {
    this.counters = counters;
    this.search = search;
    this.epochs = epochs;
    this.partitions = new PartitionRows(jdbc);
    this.layout = layout;
    this.outsideOfSnapshot = new TransactionTemplate(transactions);
    this.outsideOfSnapshot.setPropagationBehavior(TransactionDefinition.PROPAGATION_NOT_SUPPORTED);
  }

  /** The check of one verification, with these findings. */
  Run run(Findings findings) {
    return new Run(findings);
  }

  /** Rows of a parent: how many, the lowest and the highest number; zeros without rows. */
  record Rows(long count, long first, long last) {
    static final Rows NONE = new Rows(0, 0, 0);

    /** Whether they are numbered from 1 on. */
    boolean isComplete() {
      return count == last && (count == 0 || first == 1);
    }
  }

  final class Run {

    private final Findings findings;
    private final List<String> unchecked = new ArrayList<>();
    private final MissingNumbers candidates = new MissingNumbers();
    private final Map<Parent, Long> persisted = new HashMap<>();

    private Run(Findings findings) {
      this.findings = findings;
    }

    /** What could not be checked, a sentence each. */
    List<String> unchecked() {
      return unchecked;
    }

    /**
     * Adds a parent.
     *
     * @param givenOut what its counter has given out, read before this call
     * @param rows its rows, in whatever snapshot
     */
    void add(Parent parent, long givenOut, Rows rows) {
      long first = rows.isComplete() ? rows.last() + 1 : 1;
      long last = Math.max(givenOut, rows.last());
      if (first > last) {
        return;
      }
      persisted.put(parent, rows.last());
      candidates.add(parent, new NumberRange(first, last));
      if (candidates.count() >= MOST_RANGES) {
        settle();
      }
    }

    /**
     * Adds the chats with these numbers, which have no rows. They end before the first {@value
     * #PAGE} of which Redis knows no messages: there may be a number in the app's counter that
     * somebody wrote there.
     */
    void addChatsWithoutRow(AppToken app, long first, long last) {
      PartitionKeys keys = layout.partitions().of(app);
      for (long from = first; from <= last; from += PAGE) {
        List<ChatName> page =
            LongStream.rangeClosed(from, Math.min(last, from + PAGE - 1))
                .mapToObj(number -> new ChatName(app, number))
                .toList();
        List<Counter> found = counters.read(page.stream().map(keys::messages).toList());
        String epoch = counters.epoch(keys);
        for (int i = 0; i < page.size(); i++) {
          Counter counter = found.get(i);
          for (Parent parent :
              List.of(new Parent.Chat(page.get(i)), new Parent.Changes(page.get(i)))) {
            add(parent, counter.givenOut(parent, epoch), Rows.NONE);
          }
        }
        if (found.stream().allMatch(counter -> counter.numbers() == null)) {
          return;
        }
      }
    }

    /** Looks for all numbers added so far, and reports those that are missing. */
    void settle() {
      outsideOfSnapshot.executeWithoutResult(_ -> look());
      candidates.clear();
      persisted.clear();
    }

    private void look() {
      int inOneEpoch = 0;
      long undecodable = 0;
      for (int looks = 1; !candidates.isEmpty() && inOneEpoch < LOOKS; looks++) {
        if (looks > MOST_LOOKS) {
          unchecked.add("accepted numbers: other epochs began again and again meanwhile");
          return;
        }
        if (looks > 1) {
          LockSupport.parkNanos(PAUSE.toNanos());
        }
        Map<PartitionKeys, List<Parent>> parents = byPartition();
        Map<PartitionKeys, PartitionEpoch> before = epochs(parents.keySet());
        parents.forEach(
            (keys, ofPartition) ->
                removeUnaccepted(ofPartition, keys, Objects.requireNonNull(before.get(keys))));
        undecodable = search.look(candidates);
        inOneEpoch = before.equals(epochs(parents.keySet())) ? inOneEpoch + 1 : 0;
      }
      report(undecodable);
    }

    private Map<PartitionKeys, List<Parent>> byPartition() {
      Map<PartitionKeys, List<Parent>> parents = new LinkedHashMap<>();
      for (Parent parent : candidates.parents()) {
        PartitionKeys keys = layout.partitions().of(parent.app());
        parents.computeIfAbsent(keys, _ -> new ArrayList<>()).add(parent);
      }
      return parents;
    }

    private void removeUnaccepted(
        List<Parent> parents, PartitionKeys keys, PartitionEpoch partitionEpoch) {
      String epoch = Long.toString(partitionEpoch.epoch());
      List<Counter> found =
          counters.read(parents.stream().map(parent -> parent.counter(keys)).toList());
      for (int i = 0; i < parents.size(); i++) {
        Parent parent = parents.get(i);
        long highest = persisted.getOrDefault(parent, 0L);
        candidates.removeAbove(parent, Math.max(highest, found.get(i).givenOut(parent, epoch)));
      }
    }

    private void report(long undecodable) {
      Map<Integer, Boolean> isFilled = new TreeMap<>();
      String doubt = undecodable == 0 ? "" : ", unless it is one that nobody can decode";
      candidates.forEach(
          (parent, numbers) -> {
            int partition = layout.partitions().of(parent.app()).partition();
            if (isFilled.computeIfAbsent(partition, this::isFilled)) {
              findings.add(
                  "%s: no row, job or dead letter has %s%s"
                      .formatted(parent.name(), parent.children(numbers), doubt));
            }
          });
      isFilled.forEach(
          (partition, filled) -> {
            if (!filled) {
              findings.add(
                  "partition %d: MySQL has lost numbers, and they are not filled yet"
                      .formatted(partition));
            }
          });
    }

    private boolean isFilled(int partition) {
      return partitions.read(partition).fillDue() == 0;
    }
  }

  private Map<PartitionKeys, PartitionEpoch> epochs(Iterable<PartitionKeys> partitionKeys) {
    Map<PartitionKeys, PartitionEpoch> found = new HashMap<>();
    partitionKeys.forEach(keys -> found.put(keys, epochs.epoch(keys)));
    return found;
  }
}
