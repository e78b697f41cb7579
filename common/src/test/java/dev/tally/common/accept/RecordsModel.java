package dev.tally.common.accept;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The idempotency records of {@link AcceptModel}. */
final class RecordsModel {

  private static final int SLICES = 3;

  /** A request that was accepted. */
  record Request(String fingerprint, NumberRange numbers, String chat) {

    private String text() {
      return "%s %s %d %d".formatted(fingerprint, chat, numbers.first(), numbers.size());
    }
  }

  /** The records of an app in one slice of time, by the names of their keys. */
  private record Slice(Map<String, Request> unsharded, Map<String, Request> sharded) {
    Slice() {
      this(new HashMap<>(), new HashMap<>());
    }
  }

  private final int unsharded;
  private final int limit;

  /** The present slice of each app comes first. */
  private final Map<AppToken, List<Slice>> slices = new HashMap<>();

  private final Map<Integer, Long> counts = new HashMap<>();

  /**
   * @param unsharded how many records a slice may have outside of shards
   * @param limit how many records an app may have
   */
  RecordsModel(int unsharded, int limit) {
    this.unsharded = unsharded;
    this.limit = limit;
  }

  @Nullable Request find(AppToken app, String name) {
    for (Slice slice : slices(app)) {
      Request direct = slice.unsharded().get(name);
      Request request = direct == null ? slice.sharded().get(name) : direct;
      if (request != null) {
        return request;
      }
    }
    return null;
  }

  boolean isFull(AppToken app) {
    return slices(app).stream()
            .mapToInt(slice -> slice.unsharded().size() + slice.sharded().size())
            .sum()
        >= limit;
  }

  void add(AppToken app, int partition, String name, Request request) {
    Slice present = slices(app).getFirst();
    if (present.unsharded().size() < unsharded) {
      present.unsharded().put(name, request);
    } else {
      present.sharded().put(name, request);
    }
    counts.merge(partition, 1L, Long::sum);
  }

  /** A slice of time has passed, and the records of the oldest one expire. */
  void pass(AppToken app) {
    slices(app).addFirst(new Slice());
    slices(app).removeLast();
  }

  private List<Slice> slices(AppToken app) {
    return slices.computeIfAbsent(
        app, _ -> new ArrayList<>(List.of(new Slice(), new Slice(), new Slice())));
  }

  /** How many records a partition was given in the present slice; null if none. */
  @Nullable Long count(int partition) {
    return counts.get(partition);
  }

  /**
   * The content of an app's hashes.
   *
   * @param present the index of the present slice
   */
  Map<String, Map<String, String>> held(PartitionKeys keys, AppToken app, int present) {
    Map<String, Map<String, String>> held = new HashMap<>();
    for (int age = 0; age < SLICES; age++) {
      String hash = keys.records(app).get(Math.floorMod(present - age, SLICES));
      Slice slice = slices(app).get(age);
      slice.unsharded().forEach((name, request) -> put(held, hash, name, request));
      slice
          .sharded()
          .forEach((name, request) -> put(held, hash + ":" + name.charAt(0), name, request));
      if (!slice.sharded().isEmpty()) {
        held.computeIfAbsent(hash, _ -> new HashMap<>())
            .put("more", Integer.toString(slice.sharded().size()));
      }
    }
    return held;
  }

  private static void put(
      Map<String, Map<String, String>> held, String hash, String name, Request request) {
    held.computeIfAbsent(hash, _ -> new HashMap<>()).put(name, request.text());
  }
}
