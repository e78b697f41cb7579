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
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A model of the drain, without servers. */
final class DrainModel {

  private record Message(Instant at, String body) {
    static Message of(Job.NewMessage job) {
      return new Message(job.acceptedAt(), job.content().body());
    }
  }

  private record Chat(Instant at, SortedMap<Long, Message> messages) {}

  final List<String> retried = new ArrayList<>();
  final List<String> jobs = new ArrayList<>();
  final List<String> claimed = new ArrayList<>();
  final List<String> dead = new ArrayList<>();
  final Map<String, Long> counters = new TreeMap<>();
  private final SortedMap<String, SortedMap<Long, Chat>> apps = new TreeMap<>();
  private final List<String> outbox = new ArrayList<>();

  DrainModel(List<String> apps) {
    apps.forEach(app -> this.apps.put(app, new TreeMap<>()));
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

  /** The key of a job's row; that of a chat has chat 0. */
  private record Place(String app, long chat, long number) {
    static Place of(Job job) {
      return switch (job) {
        case Job.NewChat(ChatName chat, _, _, _) -> new Place(chat.app().value(), 0, chat.number());
        case Job.NewMessage(MessageName(ChatName chat, long number), _, _, _) ->
            new Place(chat.app().value(), chat.number(), number);
        case Job.ChangedMessage _ -> throw new AssertionError("ChangesIT has the changes");
      };
    }
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
    List<String> letters = new ArrayList<>();
    List<Job> taken = new ArrayList<>();
    Map<Place, Job.NewChat> newChats = new LinkedHashMap<>();
    SortedMap<String, Job.NewMessage> newMessages = new TreeMap<>();
    for (Delivery delivery : deliveries) {
      if (!apps.containsKey(delivery.job().app().value())) {
        letters.add(letter(DeadLetter.Reason.APP_MISSING, delivery));
      } else if (delivery.job() instanceof Job.NewChat job) {
        Place place = Place.of(job);
        Chat there = chats(place.app()).get(place.number());
        Instant at =
            there == null ? newChats.computeIfAbsent(place, _ -> job).acceptedAt() : there.at();
        if (!at.equals(job.acceptedAt())) {
          letters.add(letter(DeadLetter.Reason.NUMBER_TAKEN, delivery));
          taken.add(job);
        }
      }
    }
    for (Delivery delivery : deliveries) {
      if (delivery.job() instanceof Job.NewMessage job && apps.containsKey(job.app().value())) {
        Place place = Place.of(job);
        Chat chat = chats(place.app()).get(place.chat());
        if (chat == null && !newChats.containsKey(new Place(place.app(), 0, place.chat()))) {
          letters.add(letter(DeadLetter.Reason.CHAT_MISSING, delivery));
          continue;
        }
        Message there = chat == null ? null : chat.messages().get(place.number());
        if (there == null) {
          String key = "%s %20d %20d".formatted(place.app(), place.chat(), place.number());
          there = Message.of(newMessages.computeIfAbsent(key, _ -> job));
        }
        if (!there.equals(Message.of(job))) {
          letters.add(letter(DeadLetter.Reason.NUMBER_TAKEN, delivery));
          taken.add(job);
        }
      }
    }
    if (!Stream.concat(newChats.values().stream(), newMessages.values().stream())
        .allMatch(DrainModel::storable)) {
      return false;
    }
    newChats.forEach(
        (place, job) ->
            chats(place.app()).put(place.number(), new Chat(job.acceptedAt(), new TreeMap<>())));
    Place before = null;
    for (Job.NewMessage job : newMessages.values()) {
      Place place = Place.of(job);
      Objects.requireNonNull(chats(place.app()).get(place.chat()))
          .messages()
          .put(place.number(), Message.of(job));
      boolean carriesOn = new Place(place.app(), place.chat(), place.number() - 1).equals(before);
      long first =
          carriesOn
              ? Long.parseLong(outbox.removeLast().replaceAll(".* (\\d+)-.*", "$1"))
              : place.number();
      outbox.add(
          "%d: %s %d %d-%d"
              .formatted(
                  DrainHistory.KEYS.partition(), place.app(), place.chat(), first, place.number()));
      before = place;
    }
    if (!kill) {
      rejected.addAll(letters);
      taken.forEach(this::raiseCounter);
    }
    return true;
  }

  private SortedMap<Long, Chat> chats(String app) {
    return Objects.requireNonNull(apps.get(app));
  }

  private static boolean storable(Job job) {
    return !job.acceptedAt().isAfter(DrainHistory.LAST_TIME)
        && !(job instanceof Job.NewMessage message
            && WorkerParts.utf8(message.content().body()).length() > DrainHistory.MAX_BODY_BYTES);
  }

  private void raiseCounter(Job job) {
    switch (job) {
      case Job.NewChat chat ->
          raise(DrainHistory.KEYS.chats(chat.app()), chats(chat.app().value()));
      case Job.NewMessage(MessageName(ChatName name, _), _, _, _) -> {
        Chat chat = chats(name.app().value()).get(name.number());
        if (chat != null) {
          raise(DrainHistory.KEYS.messages(name), chat.messages());
        }
      }
      case Job.ChangedMessage _ -> throw new AssertionError("ChangesIT has the changes");
    }
  }

  private void raise(String counter, SortedMap<Long, ?> rows) {
    if (!rows.isEmpty()) {
      counters.computeIfPresent(counter, (_, number) -> Math.max(number, rows.lastKey()));
    }
  }

  private static String letter(DeadLetter.Reason reason, Delivery delivery) {
    return reason.slug() + " " + WorkerParts.texts(List.of(delivery.raw())).getFirst();
  }

  /** The counterpart of {@code DrainModelIT.found}. */
  Map<String, Object> expected() {
    List<String> appRows = new ArrayList<>();
    List<String> chatRows = new ArrayList<>();
    List<String> messageRows = new ArrayList<>();
    apps.forEach(
        (app, chats) -> {
          appRows.add(app + " has " + chats.size());
          chats.forEach(
              (number, chat) -> {
                chatRows.add(
                    "%s %d has %d, %s".formatted(app, number, chat.messages().size(), chat.at()));
                chat.messages()
                    .forEach(
                        (message, row) ->
                            messageRows.add(
                                "%s %d %d: %s, %s"
                                    .formatted(app, number, message, row.body(), row.at())));
              });
        });
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("retried", retried);
    expected.put("queued", jobs);
    expected.put("claimed", claimed);
    expected.put("dead", dead.stream().sorted().toList());
    expected.put("apps", appRows);
    expected.put("chats", chatRows);
    expected.put("messages", messageRows);
    expected.put("outbox", outbox.stream().sorted().toList());
    expected.put("counters", counters);
    return expected;
  }
}
