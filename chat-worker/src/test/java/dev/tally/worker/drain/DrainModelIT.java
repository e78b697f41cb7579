package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.UndecodableJobException;
import dev.tally.worker.deadletter.DeadLetter;
import dev.tally.worker.deadletter.DeadLetters;
import dev.tally.worker.drain.batch.Delivery;
import dev.tally.worker.drain.batch.Persister;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseLostException;
import dev.tally.worker.lease.LeaseTaker;
import dev.tally.worker.outbox.SearchOutbox;
import dev.tally.worker.redis.BytesRedisTemplate;
import dev.tally.worker.tracing.WriteSpans;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.TransactionSystemException;

/**
 * Random histories of one partition's queue. Three workers drain it in turns, and are killed, lose
 * their lease or miss an answer at the worst moments. After each step the rows, the outbox, the
 * lists and the counters equal those of a model in memory.
 */
class DrainModelIT {

  private static final PartitionKeys KEYS = new PartitionKeys(5);

  /** Two that exist, and one that does not. */
  private static final List<String> APPS =
      IntStream.range(1, 4).mapToObj("%032x"::formatted).toList();

  private static AppToken token(int app) {
    return new AppToken(APPS.get(app));
  }

  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789012Z");
  private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999999Z");
  private static final int MAX_BODY_BYTES = 65_535;

  /** One for each worker. */
  private static final List<BatchLimit> LIMITS =
      List.of(
          new BatchLimit(1_000, 4_000_000), new BatchLimit(3, 4_000_000), new BatchLimit(20, 700));

  private static final JobCodec CODEC = new JobCodec();

  private static WorkerParts parts;
  private static List<Worker> workers;

  @BeforeContainer
  static void start() {
    parts = new WorkerParts();
    workers = IntStream.range(0, LIMITS.size()).mapToObj(Worker::new).toList();
  }

  @AfterContainer
  static void stop() {
    parts.close();
  }

  /** The fault that meets the last batch of a turn. */
  enum Fault {
    NONE,
    CLAIM_ANSWER_LOST,
    KILLED_AFTER_CLAIM,
    LEASE_LOST_BEFORE_COMMIT,
    COMMIT_ANSWER_LOST,
    KILLED_AFTER_COMMIT,
    LEASE_LOST_AFTER_COMMIT,
    KILLED_BEFORE_ACKNOWLEDGEMENT,
    ACKNOWLEDGEMENT_ANSWER_LOST,
    KILLED_AFTER_ACKNOWLEDGEMENT
  }

  /** An event in the history of a partition. */
  sealed interface Step {

    record Queue(List<String> jobs) implements Step {}

    /** A worker gets the lease and drains up to so many batches. */
    record Turn(int worker, int batches, Fault fault) implements Step {}

    /** A counter has this number; Redis may have lost higher ones. */
    record SetCounter(int app, long chat, long number) implements Step {}

    /** An operator retries a dead letter. */
    record Retry(int letter) implements Step {}
  }

  @Property
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void theDrainDoesWhatTheModelDoes(@ForAll("steps") List<Step> steps) {
    parts.wipeRedis();
    for (String table : List.of("messages", "chats", "apps", "search_outbox")) {
      parts.mysql.update("DELETE FROM " + table);
    }
    for (String app : APPS.subList(0, 2)) {
      parts.mysql.update(
          "INSERT INTO apps (token, name, created_at, updated_at)"
              + " VALUES (?, 'Acme', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
          app);
    }
    Model model = new Model(APPS.subList(0, 2));
    List<Step> history = new ArrayList<>(steps);
    // Whatever has happened, a worker without a fault drains all remaining jobs.
    history.add(new Step.Turn(0, 1_000, Fault.NONE));
    for (Step step : history) {
      switch (step) {
        case Step.Queue(List<String> jobs) -> {
          parts.queue(KEYS, jobs);
          model.jobs.addAll(jobs);
        }
        case Step.Turn(int worker, int batches, Fault fault) -> {
          workers.get(worker).turn(batches, fault);
          model.turn(LIMITS.get(worker), batches, fault);
        }
        case Step.SetCounter(int app, long chat, long number) -> {
          String counter =
              chat == 0 ? KEYS.chats(token(app)) : KEYS.messages(new ChatName(token(app), chat));
          parts.redis.opsForValue().set(counter, Long.toString(number));
          model.counters.put(counter, number);
        }
        case Step.Retry(int letter) -> {
          if (!model.dead.isEmpty()) {
            String wanted = model.retry(letter);
            assertThat(
                    parts.deadLetters.list(10_000).stream()
                        .filter(entry -> text(entry).equals(wanted))
                        .findFirst()
                        .map(parts.deadLetters::retry))
                .hasValue(true);
          }
        }
      }
      assertThat(found()).as("after %s", step).isEqualTo(model.expected());
    }
    assertThat(model.jobs).isEmpty();
    assertThat(model.claimed).isEmpty();
    assertThat(
            parts.mysql.queryForObject(
                """
                SELECT (SELECT COUNT(*) FROM apps WHERE chats_count <>
                         (SELECT COUNT(*) FROM chats WHERE app_id = id))
                     + (SELECT COUNT(*) FROM chats c WHERE messages_count <>
                         (SELECT COUNT(*) FROM messages m
                          WHERE m.app_id = c.app_id AND m.chat_number = c.number))""",
                Long.class))
        .as("counts that differ from the number of rows")
        .isZero();
    model.dead.forEach(letter -> Statistics.collect(letter.substring(0, letter.indexOf(' '))));
    Statistics.collect(parts.mysql.queryForObject("SELECT COUNT(*) > 0 FROM messages", Long.class));
    Statistics.coverage(
        coverage -> {
          for (DeadLetter.Reason reason : DeadLetter.Reason.values()) {
            coverage.check(reason.slug()).count(count -> count > 0);
          }
          coverage.check(1L).count(count -> count > 0);
        });
  }

  /** Everything that a drain changes, by name. */
  private static Map<String, Object> found() {
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("queued", parts.list(KEYS.jobs()));
    found.put("claimed", parts.list(KEYS.claimed()));
    found.put(
        "dead", parts.deadLetters.list(10_000).stream().map(DrainModelIT::text).sorted().toList());
    found.put(
        "apps",
        parts.mysql.query(
            "SELECT token, chats_count FROM apps ORDER BY token",
            (row, _) -> row.getString(1) + " has " + row.getLong(2)));
    found.put(
        "chats",
        parts.mysql.query(
            """
            SELECT token, number, messages_count, c.created_at
            FROM chats c JOIN apps ON id = app_id ORDER BY token, number""",
            (row, _) ->
                "%s %d has %d, %s"
                    .formatted(
                        row.getString(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getObject(4, LocalDateTime.class).toInstant(ZoneOffset.UTC))));
    found.put(
        "messages",
        parts.mysql.query(
            """
            SELECT token, chat_number, number, body, m.created_at
            FROM messages m JOIN apps ON id = app_id
            ORDER BY token, chat_number, number""",
            (row, _) ->
                "%s %d %d: %s, %s"
                    .formatted(
                        row.getString(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getString(4),
                        row.getObject(5, LocalDateTime.class).toInstant(ZoneOffset.UTC))));
    found.put(
        "outbox",
        parts
            .mysql
            .query(
                """
                SELECT partition_number, token, chat_number, first_number, last_number
                FROM search_outbox JOIN apps a ON a.id = app_id""",
                (row, _) ->
                    "%d: %s %d %d-%d"
                        .formatted(
                            row.getInt(1),
                            row.getString(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5)))
            .stream()
            .sorted()
            .toList());
    Map<String, Long> counters = new TreeMap<>();
    for (String key : parts.redis.keys("*:chats")) {
      counters.put(key, Long.valueOf(parts.redis.opsForValue().get(key)));
    }
    for (String key : parts.redis.keys("*:messages")) {
      counters.put(key, Long.valueOf(parts.redis.opsForValue().get(key)));
    }
    found.put("counters", counters);
    return found;
  }

  private static String text(DeadLetters.Entry entry) {
    return entry.letter().reason().slug()
        + " "
        + WorkerParts.texts(List.of(entry.letter().job())).getFirst();
  }

  /** The process is killed. */
  private static final class KilledException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** A worker of real parts, with faults injected where it uses Redis and MySQL. */
  private static final class Worker {

    private final LeaseTaker taker;
    private final Drain drain;
    private Lease lease;
    private int batchesLeft;
    private Fault fault = Fault.NONE;

    Worker(int index) {
      taker = new LeaseTaker("worker " + index, parts.redis);
      lease = taker.lease(KEYS);
      DrainProperties properties = LIMITS.get(index).properties();
      FaultyRedis redis = new FaultyRedis(parts.context.getBean(RedisConnectionFactory.class));
      redis.afterPropertiesSet();
      QueueScripts queue = new QueueScripts(redis, properties);
      JdbcClient jdbc = parts.context.getBean(JdbcClient.class);
      SearchOutbox outbox = parts.context.getBean(SearchOutbox.class);
      drain =
          new Drain(
              queue,
              new Persister(
                  new FaultyTransactions(),
                  jdbc,
                  parts.context.getBean(JdbcTemplate.class),
                  outbox,
                  properties.transactionTimeout()),
              new CounterRaise(jdbc, queue),
              CODEC,
              outbox,
              parts.context.getBean(HintPublisher.class),
              new DrainMetrics(new SimpleMeterRegistry()),
              parts.context.getBean(WriteSpans.class),
              properties);
    }

    void turn(int batches, Fault fault) {
      assertThat(taker.acquire(KEYS)).isTrue();
      lease = taker.lease(KEYS);
      batchesLeft = batches;
      this.fault = fault;
      try {
        drain.run(lease);
      } catch (KilledException | LeaseLostException e) {
        Statistics.label("ended by").collect(e.getClass().getSimpleName());
      }
      // The lease is released, or it expires.
      parts.redis.delete(KEYS.owner());
    }

    private boolean meets(Fault due) {
      boolean met = batchesLeft == 0 && fault == due;
      if (met) {
        fault = Fault.NONE;
      }
      return met;
    }

    private void loseLease() {
      parts.redis.opsForValue().set(KEYS.owner(), "another");
    }

    private final class FaultyRedis extends BytesRedisTemplate {

      FaultyRedis(RedisConnectionFactory connections) {
        super(connections);
      }

      @Override
      public <T> T execute(RedisScript<T> script, List<String> keys, Object... arguments) {
        return switch (keys) {
          case List<String> all
              when all.equals(List.of(KEYS.jobs(), KEYS.claimed(), KEYS.owner())) ->
              claim(script, keys, arguments);
          case List<String> all when all.contains(KEYS.dead()) ->
              acknowledge(script, keys, arguments);
          default -> super.execute(script, keys, arguments);
        };
      }

      @SuppressWarnings("unchecked") // the only answer of this script
      private <T> T claim(RedisScript<T> script, List<String> keys, Object... arguments) {
        if (batchesLeft == 0) {
          LeaseTaker.end(lease);
          return (T) List.of(WorkerParts.bytes("claimed"));
        }
        T answer = super.execute(script, keys, arguments);
        if (((List<?>) answer).size() == 1) {
          LeaseTaker.end(lease);
          return answer;
        }
        batchesLeft--;
        if (meets(Fault.CLAIM_ANSWER_LOST)) {
          batchesLeft++;
          throw new QueryTimeoutException("the claim's answer is lost");
        }
        if (meets(Fault.KILLED_AFTER_CLAIM)) {
          throw new KilledException();
        }
        if (meets(Fault.LEASE_LOST_BEFORE_COMMIT)) {
          loseLease();
        }
        return answer;
      }

      private <T> T acknowledge(RedisScript<T> script, List<String> keys, Object... arguments) {
        if (meets(Fault.KILLED_BEFORE_ACKNOWLEDGEMENT)) {
          throw new KilledException();
        }
        if (meets(Fault.LEASE_LOST_AFTER_COMMIT)) {
          loseLease();
        }
        T answer = super.execute(script, keys, arguments);
        if (meets(Fault.ACKNOWLEDGEMENT_ANSWER_LOST)) {
          throw new QueryTimeoutException("the acknowledgement's answer is lost");
        }
        if (meets(Fault.KILLED_AFTER_ACKNOWLEDGEMENT)) {
          throw new KilledException();
        }
        return answer;
      }
    }

    private final class FaultyTransactions implements PlatformTransactionManager {

      private final PlatformTransactionManager sound =
          parts.context.getBean(PlatformTransactionManager.class);
      private int rollbacks;

      @Override
      public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
        return sound.getTransaction(definition);
      }

      @Override
      public void commit(TransactionStatus status) {
        sound.commit(status);
        rollbacks = 0;
        if (meets(Fault.COMMIT_ANSWER_LOST)) {
          throw new TransactionSystemException("the commit's answer is lost");
        }
        if (meets(Fault.KILLED_AFTER_COMMIT)) {
          throw new KilledException();
        }
      }

      @Override
      public void rollback(TransactionStatus status) {
        sound.rollback(status);
        // More than it takes to find, by halving, the one job that MySQL does not take.
        if (++rollbacks > 15) {
          throw new AssertionError("the partition is blocked: the same transaction fails for ever");
        }
      }
    }
  }

  /** A model of the drain, without servers. */
  private static final class Model {

    private record Message(Instant at, String body) {
      static Message of(Job.NewMessage job) {
        return new Message(job.acceptedAt(), job.body());
      }
    }

    private record Chat(Instant at, SortedMap<Long, Message> messages) {}

    final List<String> jobs = new ArrayList<>();
    final List<String> claimed = new ArrayList<>();
    final List<String> dead = new ArrayList<>();
    final Map<String, Long> counters = new TreeMap<>();
    private final SortedMap<String, SortedMap<Long, Chat>> apps = new TreeMap<>();
    private final List<String> outbox = new ArrayList<>();

    Model(List<String> apps) {
      apps.forEach(app -> this.apps.put(app, new TreeMap<>()));
    }

    String retry(int letter) {
      String text = dead.stream().sorted().toList().get(letter % dead.size());
      dead.remove(text);
      jobs.addFirst(text.substring(text.indexOf(' ') + 1));
      return text;
    }

    void turn(BatchLimit limit, int batches, Fault fault) {
      for (int left = batches - 1; left >= 0; left--) {
        limit.claim(jobs, claimed);
        if (claimed.isEmpty()) {
          return;
        }
        Fault now = left == 0 ? fault : Fault.NONE;
        if (now == Fault.KILLED_AFTER_CLAIM || now == Fault.LEASE_LOST_BEFORE_COMMIT) {
          return;
        }
        List<String> rejected = new ArrayList<>();
        boolean alive = persist(decoded(rejected), rejected, now == Fault.KILLED_AFTER_COMMIT);
        if (!alive
            || now == Fault.KILLED_BEFORE_ACKNOWLEDGEMENT
            || now == Fault.LEASE_LOST_AFTER_COMMIT) {
          return;
        }
        dead.addAll(rejected);
        claimed.clear();
        if (now == Fault.KILLED_AFTER_ACKNOWLEDGEMENT) {
          return;
        }
      }
    }

    private List<Delivery> decoded(List<String> rejected) {
      List<Delivery> deliveries = new ArrayList<>();
      for (String raw : claimed) {
        byte[] bytes = WorkerParts.bytes(raw);
        try {
          String text =
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
          deliveries.add(new Delivery(bytes, CODEC.decode(text)));
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
          case Job.NewChat(ChatName chat, _, _) -> new Place(chat.app().value(), 0, chat.number());
          case Job.NewMessage(MessageName(ChatName chat, long number), _, _, _) ->
              new Place(chat.app().value(), chat.number(), number);
        };
      }
    }

    /**
     * One transaction, or as many as it takes to reject alone each job that MySQL does not take.
     *
     * @param kill whether the worker dies after the first commit
     * @return whether it is alive
     */
    private boolean persist(List<Delivery> deliveries, List<String> rejected, boolean kill) {
      if (deliveries.isEmpty()) {
        return true;
      }
      List<String> letters = new ArrayList<>();
      List<Job> taken = new ArrayList<>();
      Map<Place, Delivery> settled = new LinkedHashMap<>();
      for (Delivery delivery : deliveries) {
        if (!apps.containsKey(delivery.job().app().value())) {
          letters.add(letter(DeadLetter.Reason.APP_MISSING, delivery));
          continue;
        }
        Delivery earlier = settled.putIfAbsent(Place.of(delivery.job()), delivery);
        if (earlier != null && !earlier.job().equals(delivery.job())) {
          letters.add(letter(DeadLetter.Reason.NUMBER_TAKEN, delivery));
          taken.add(delivery.job());
        }
      }
      Map<Place, Job.NewChat> newChats = new LinkedHashMap<>();
      SortedMap<String, Job.NewMessage> newMessages = new TreeMap<>();
      settled.forEach(
          (place, delivery) -> {
            if (delivery.job() instanceof Job.NewChat job) {
              Chat there = chats(place.app()).get(place.number());
              if (there == null) {
                newChats.put(place, job);
              } else if (!there.at().equals(job.acceptedAt())) {
                letters.add(letter(DeadLetter.Reason.NUMBER_TAKEN, delivery));
                taken.add(job);
              }
            }
          });
      settled.forEach(
          (place, delivery) -> {
            if (delivery.job() instanceof Job.NewMessage job) {
              Chat chat = chats(place.app()).get(place.chat());
              if (chat == null && !newChats.containsKey(new Place(place.app(), 0, place.chat()))) {
                letters.add(letter(DeadLetter.Reason.CHAT_MISSING, delivery));
                return;
              }
              Message there = chat == null ? null : chat.messages().get(place.number());
              if (there == null) {
                newMessages.put(
                    "%s %20d %20d".formatted(place.app(), place.chat(), place.number()), job);
              } else if (!there.equals(Message.of(job))) {
                letters.add(letter(DeadLetter.Reason.NUMBER_TAKEN, delivery));
                taken.add(job);
              }
            }
          });
      if (!Stream.concat(newChats.values().stream(), newMessages.values().stream())
          .allMatch(Model::storable)) {
        if (deliveries.size() == 1) {
          rejected.add(letter(DeadLetter.Reason.REFUSED, deliveries.getFirst()));
          return true;
        }
        int half = deliveries.size() / 2;
        return persist(deliveries.subList(0, half), rejected, kill)
            && persist(deliveries.subList(half, deliveries.size()), rejected, kill);
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
                .formatted(KEYS.partition(), place.app(), place.chat(), first, place.number()));
        before = place;
      }
      if (kill) {
        return false;
      }
      rejected.addAll(letters);
      taken.forEach(this::raiseCounter);
      return true;
    }

    private SortedMap<Long, Chat> chats(String app) {
      return Objects.requireNonNull(apps.get(app));
    }

    private static boolean storable(Job job) {
      return !job.acceptedAt().isAfter(LAST_TIME)
          && !(job instanceof Job.NewMessage message
              && WorkerParts.utf8(message.body()).length() > MAX_BODY_BYTES);
    }

    private void raiseCounter(Job job) {
      switch (job) {
        case Job.NewChat chat -> raise(KEYS.chats(chat.app()), chats(chat.app().value()));
        case Job.NewMessage(MessageName(ChatName name, _), _, _, _) -> {
          Chat chat = chats(name.app().value()).get(name.number());
          if (chat != null) {
            raise(KEYS.messages(name), chat.messages());
          }
        }
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

    /** The counterpart of {@link #found}. */
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

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Step> queues =
        Combinators.combine(
                runs().list().ofMinSize(1).ofMaxSize(6),
                Arbitraries.of(false, false, true),
                Arbitraries.longs())
            .as(
                (runs, shuffled, seed) -> {
                  List<String> jobs = new ArrayList<>();
                  runs.forEach(jobs::addAll);
                  if (shuffled) {
                    Collections.shuffle(jobs, new Random(seed));
                  }
                  return new Step.Queue(jobs);
                });
    Arbitrary<Step> turns =
        Combinators.combine(
                Arbitraries.integers().between(0, LIMITS.size() - 1),
                Arbitraries.integers().between(1, 3),
                Arbitraries.of(Fault.class))
            .as(Step.Turn::new);
    Arbitrary<Step> counters =
        Combinators.combine(
                Arbitraries.integers().between(0, 1),
                Arbitraries.longs().between(0, 3),
                Arbitraries.longs().between(0, 5))
            .as(Step.SetCounter::new);
    return Arbitraries.<Step>frequencyOf(
            Tuple.of(4, queues),
            Tuple.of(5, turns),
            Tuple.of(1, counters),
            Tuple.of(1, Arbitraries.integers().between(0, 50).map(Step.Retry::new)))
        .list()
        .ofMaxSize(14)
        .withSizeDistribution(RandomDistribution.uniform());
  }

  /** Jobs with consecutive numbers. Runs overlap, and often repeat jobs that were queued before. */
  private static Arbitrary<List<String>> runs() {
    Arbitrary<String> apps = Arbitraries.of(APPS.get(0), APPS.get(0), APPS.get(1), APPS.get(2));
    Arbitrary<Long> chats = Arbitraries.longs().between(1, 3);
    // Two different jobs with one number: Redis gave the number out again.
    Arbitrary<Integer> variants = Arbitraries.of(0, 0, 0, 0, 1);
    Arbitrary<List<String>> conversations =
        Combinators.combine(apps, chats, Arbitraries.integers().between(0, 8), variants)
            .as(
                (app, chat, count, variant) -> {
                  List<String> jobs = new ArrayList<>(List.of(chat(app, chat, variant)));
                  jobs.addAll(messages(app, chat, 1, count, variant));
                  return jobs;
                });
    Arbitrary<List<String>> later =
        Combinators.combine(
                apps,
                chats,
                Arbitraries.integers().between(1, 12),
                Arbitraries.integers().between(1, 5),
                variants)
            .as(DrainModelIT::messages);
    return Arbitraries.frequencyOf(
        Tuple.of(4, conversations), Tuple.of(5, later), Tuple.of(2, rejected().map(List::of)));
  }

  private static String chat(String app, long number, int variant) {
    return WorkerParts.utf8(
        CODEC.openChat(new AppToken(app), NOW.plusSeconds(variant), null) + number + "}");
  }

  private static List<String> messages(String app, long chat, int first, int count, int variant) {
    return IntStream.range(first, first + count)
        .mapToObj(number -> message(app, chat, number, "m" + number + "🎉".repeat(variant), NOW))
        .toList();
  }

  private static String message(String app, long chat, long number, String body, Instant at) {
    return WorkerParts.utf8(
        CODEC.openMessage(new ChatName(new AppToken(app), chat), body, at, null) + number + "}");
  }

  /** Jobs that no gateway queues, and jobs that no table can hold. */
  private static Arbitrary<String> rejected() {
    String app = APPS.getFirst();
    Arbitrary<Long> numbers = Arbitraries.longs().between(101, 103);
    Arbitrary<String> noTokens =
        Arbitraries.of("", "ä", "🎉", "x".repeat(100), app + " ", app.replace('0', 'O'), "%", "'");
    return Arbitraries.oneOf(
        Arbitraries.of("", "{}", "no json", "{\"v\":2}", "\0", "\u00ff\u00fe", "null"),
        Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(20),
        noTokens.map(token -> chat(app, 1, 0).replace(app, WorkerParts.utf8(token))),
        noTokens.map(token -> message(app, 1, 1, "hi", NOW).replace(app, WorkerParts.utf8(token))),
        numbers.map(number -> message(app, 1, number, "x".repeat(MAX_BODY_BYTES + 1), NOW)),
        numbers.map(number -> message(app, 1, number, "late", LAST_TIME.plusNanos(1_000))),
        numbers.map(
            number ->
                message(app, 1, number, "too late", Instant.parse("+292000-01-01T00:00:00Z"))),
        numbers.map(
            number ->
                CODEC.openChat(new AppToken(app), Instant.parse("+292000-01-01T00:00:00Z"), null)
                    + number
                    + "}"),
        numbers.map(number -> message(app, 1, number, "last", LAST_TIME)),
        numbers.map(number -> message(app, 1, 999_999_999_999_999L - number, "a\0b", NOW)),
        numbers.map(number -> message(app, 1, number, "JOKER", NOW).replace("JOKER", "\\ud800")));
  }
}
