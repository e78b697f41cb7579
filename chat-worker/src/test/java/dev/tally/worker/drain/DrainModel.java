package dev.tally.worker.drain;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.UndecodableJobException;
import dev.tally.worker.drain.batch.Delivery;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A model of the drain, without servers. */
final class DrainModel {

  final List<String> retried = new ArrayList<>();
  final List<String> jobs = new ArrayList<>();
  final List<String> claimed = new ArrayList<>();
  final List<String> dead = new ArrayList<>();
  final Map<String, Long> counters = new TreeMap<>();
  final Map<String, Long> changeCounters = new TreeMap<>();
  private RowsModel rows;

  DrainModel(List<String> apps) {
    rows = new RowsModel(apps);
  }

  String retry(int letter) {
    String text = dead.stream().sorted().toList().get(letter % dead.size());
    dead.remove(text);
    retried.add(text.substring(text.indexOf(' ') + 1));
    return text;
  }

  void turn(BatchLimit limit, int batches, DrainHistory.Fault fault) {
    for (int left = batches - 1; left >= 0; left--) {
      limit.claim(retried, jobs, claimed);
      if (claimed.isEmpty()) {
        return;
      }
      DrainHistory.Fault now = left == 0 ? fault : DrainHistory.Fault.NONE;
      if (now == DrainHistory.Fault.KILLED_AFTER_CLAIM
          || now == DrainHistory.Fault.LEASE_LOST_BEFORE_COMMIT) {
        return;
      }
      List<String> rejected = new ArrayList<>();
      boolean alive =
          persist(
              decoded(rejected),
              rejected,
              limit.jobs(),
              now == DrainHistory.Fault.KILLED_AFTER_COMMIT);
      if (!alive
          || now == DrainHistory.Fault.KILLED_BEFORE_ACKNOWLEDGEMENT
          || now == DrainHistory.Fault.LEASE_LOST_AFTER_COMMIT) {
        return;
      }
      dead.addAll(rejected);
      claimed.clear();
      if (now == DrainHistory.Fault.KILLED_AFTER_ACKNOWLEDGEMENT) {
        return;
      }
    }
  }

  private List<Delivery> decoded(List<String> rejected) {
    List<Delivery> deliveries = new ArrayList<>();
    for (String raw : claimed) {
      byte[] bytes = WorkerParts.bytes(raw);
      try {
        String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        deliveries.add(new Delivery(bytes, DrainHistory.CODEC.decode(text)));
      } catch (CharacterCodingException | UndecodableJobException e) {
        rejected.add("undecodable " + raw);
      }
    }
    return deliveries;
  }

  /**
   * One transaction, or as many as it takes to reject alone each job that MySQL does not take.
   *
   * @param limit most jobs of a transaction; a batch that another worker has claimed may have more
   * @param kill whether the worker dies after the first commit
   * @return whether it is alive
   */
  private boolean persist(
      List<Delivery> deliveries, List<String> rejected, int limit, boolean kill) {
    List<Delivery> left = deliveries;
    int most = limit;
    while (!left.isEmpty()) {
      List<Delivery> part = left.subList(0, Math.min(most, left.size()));
      if (transact(part, rejected, kill)) {
        if (kill) {
          return false;
        }
        left = left.subList(part.size(), left.size());
      } else if (part.size() > 1) {
        most = part.size() / 2;
      } else {
        rejected.add(letter(DeadLetter.Reason.REFUSED, part.getFirst()));
        left = left.subList(1, left.size());
        most = limit;
      }
    }
    // A batch of which no job is taken has a transaction, too: for its position.
    return !kill;
  }

  /**
   * One transaction.
   *
   * @param kill whether the worker dies after the commit
   * @return whether it is committed; not if MySQL does not take one of the jobs
   */
  private boolean transact(List<Delivery> deliveries, List<String> rejected, boolean kill) {
    RowsModel next = rows.copy();
    RowsModel.Rejected notAdded = next.persist(deliveries);
    if (!next.isStorable()) {
      return false;
    }
    rows = next;
    if (!kill) {
      rejected.addAll(notAdded.letters());
      notAdded.taken().forEach(this::correctCounter);
    }
    return true;
  }

  private void correctCounter(Job job) {
    switch (job) {
      case Job.NewChat chat ->
          raise(DrainHistory.KEYS.chats(chat.app()), rows.highestChat(chat.app()));
      case Job.NewMessage(MessageName(ChatName chat, _), _, _, _) ->
          raise(DrainHistory.KEYS.messages(chat), rows.highestMessage(chat));
      // The gateway recovers it.
      case Job.Change change -> changeCounters.remove(DrainHistory.KEYS.messages(change.chat()));
      case Job.ErasedAuthor _ -> throw new AssertionError("ErasuresIT has the erasures");
    }
  }

  /** Redis has lost what the counter was, and may have lost the number of changes with it. */
  private void raise(String counter, long highest) {
    Long number = counters.get(counter);
    if (number != null && number < highest) {
      counters.put(counter, highest);
      changeCounters.remove(counter);
    }
  }

  static String letter(DeadLetter.Reason reason, Delivery delivery) {
    return reason.slug() + " " + WorkerParts.texts(List.of(delivery.raw())).getFirst();
  }

  Set<String> happened() {
    return rows.happened();
  }

  /** The counterpart of {@code DrainModelIT.found}. */
  Map<String, Object> expected() {
    Map<String, Object> expected = new LinkedHashMap<>(rows.expected());
    expected.put("retried", retried);
    expected.put("queued", jobs);
    expected.put("claimed", claimed);
    expected.put("dead", dead.stream().sorted().toList());
    expected.put("counters", counters);
    expected.put("counters of changes", changeCounters);
    return expected;
  }
}
