package dev.tally.bench.compare;

import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.load.LoadGenerator;
import dev.tally.bench.load.Parallel;
import dev.tally.bench.load.Target;
import dev.tally.bench.system.Calls;
import dev.tally.bench.system.Drainage;
import dev.tally.bench.system.Text;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Service;
import dev.tally.testkit.Services;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * New processes of one revision's services, on servers of their own that were empty.
 *
 * <p>The worker is frozen while messages are accepted. So accepting and draining never share the
 * processors, and the worker starts with a full queue.
 */
final class Deployment implements AutoCloseable {

  /** So many apps, with tokens by chance, load all partitions about alike. */
  private static final int APPS = 100;

  private static final int CHATS = APPS * 2;
  private static final int BATCH = 100;
  private static final int CONNECTIONS = 32;
  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

  private final Servers servers;
  private final List<Service> started = new ArrayList<>();
  private final Service gateway;
  private final Service worker;
  private final Service api;
  private final List<String> chats = new ArrayList<>();
  private final List<byte[]> posts = new ArrayList<>();
  private final Random random = new Random(1);
  private int messages;

  /** Messages that every chat has at least. */
  private int messagesEach;

  /**
   * Empties the servers, and starts the services.
   *
   * @param services those of the revision
   */
  Deployment(Servers servers, Services services) {
    this.servers = servers;
    servers.empty();
    try {
      Parallel.run(
          List.of(
              _ -> add(services.worker()), _ -> add(services.api()), _ -> add(services.gateway())));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    worker = service("chat-worker");
    api = service("chat-api");
    gateway = service("chat-gateway");
  }

  private synchronized void add(Service service) {
    started.add(service);
  }

  private Service service(String name) {
    return started.stream()
        .filter(service -> service.name().startsWith(name))
        .findFirst()
        .orElseThrow();
  }

  /** Creates the chats, and repeats all work until the services' code is compiled. */
  void warmUp(Amounts amounts) {
    createChats();
    fillQueue(() -> acceptOneByOne(amounts.warmUp()));
    drain();
    read(reads(amounts.warmUp()));
    awaitSearch();
  }

  /**
   * Measures sections.
   *
   * @param sections some of {@link Comparison#SECTIONS}
   * @return the costs by name, in microseconds
   */
  Map<String, Double> measure(Amounts amounts, List<String> sections) {
    Costs costs = new Costs(processes());
    if (sections.contains("accept")) {
      Runnable accept = () -> acceptOneByOne(amounts.accepted());
      fillQueue(
          () ->
              costs.measure(
                  "accept", amounts.accepted(), List.of("gateway", "Redis"), accept, () -> {}));
      drain();
      awaitSearch();
    }
    if (sections.contains("drain")) {
      fillQueue(() -> acceptBatches(amounts.drained() / BATCH));
      List<String> shown = List.of("worker", "MariaDB", "Redis", "Elasticsearch");
      costs.measure("drain", amounts.drained(), shown, this::drain, this::awaitSearch);
    }
    if (sections.contains("read")) {
      List<byte[]> reads = reads(amounts.read());
      costs.measure("read", amounts.read(), List.of("API", "MariaDB"), () -> read(reads), () -> {});
    }
    return costs.micros();
  }

  private Map<String, Supplier<Duration>> processes() {
    Map<String, Supplier<Duration>> processes = new LinkedHashMap<>();
    processes.put("gateway", gateway::cpu);
    processes.put("worker", worker::cpu);
    processes.put("API", api::cpu);
    for (ServerKind kind : servers.cpu().keySet()) {
      processes.put(kind.title(), () -> servers.cpu().getOrDefault(kind, Duration.ZERO));
    }
    return processes;
  }

  private void createChats() {
    List<byte[]> requests = new ArrayList<>();
    List<String> apps = new ArrayList<>();
    for (int i = 0; i < APPS; i++) {
      String app = Calls.post(api.port(), "/apps", "{\"name\":\"Bench\"}").orElseThrow();
      Matcher token = TOKEN.matcher(app);
      if (!token.find()) {
        throw new IllegalStateException("the API's answer has no token: " + app);
      }
      apps.add("/apps/%s/chats".formatted(token.group(1)));
    }
    for (int i = 0; i < CHATS; i++) {
      String app = apps.get(i % APPS);
      requests.add(HttpFormat.post(app, "application/json", "{}"));
      chats.add("%s/%d/messages".formatted(app, 1 + i / APPS));
    }
    request(gateway, requests, 1, CHATS);
    // A message to each chat in turn.
    for (int i = 0; i < CHATS * BATCH; i++) {
      String message = Text.json(Text.body(i));
      posts.add(HttpFormat.post(chats.get(i % CHATS), "application/json", message));
    }
  }

  /** {@value #BATCH} messages to each chat in turn. */
  private List<byte[]> batches() {
    List<byte[]> batches = new ArrayList<>();
    for (String chat : chats) {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < BATCH; i++) {
        lines.append(Text.json(Text.body(i))).append('\n');
      }
      batches.add(HttpFormat.post(chat, "application/x-ndjson", lines.toString()));
    }
    return batches;
  }

  private List<byte[]> reads(int requests) {
    List<byte[]> reads = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      int number = 1 + random.nextInt(messagesEach);
      reads.add(HttpFormat.get("%s/%d".formatted(chats.get(random.nextInt(CHATS)), number)));
    }
    return reads;
  }

  private void fillQueue(Runnable accept) {
    worker.freeze();
    try {
      accept.run();
    } finally {
      worker.thaw();
    }
  }

  private void acceptOneByOne(int count) {
    request(gateway, posts, CONNECTIONS, count);
    messages += count;
    messagesEach += count / CHATS;
  }

  private void acceptBatches(int count) {
    request(gateway, batches(), CONNECTIONS, count);
    messages += count * BATCH;
  }

  private void drain() {
    Drainage.await("all messages' rows", () -> messages - servers.database().messages());
  }

  private void awaitSearch() {
    Drainage.await("an empty outbox", servers.database()::outbox);
  }

  private void read(List<byte[]> reads) {
    request(api, reads, CONNECTIONS, reads.size());
  }

  private static void request(Service service, List<byte[]> requests, int connections, int count) {
    Target target = Target.http(service.port(), requests);
    long answers = LoadGenerator.requests(target, connections, count).answers();
    if (answers != count) {
      throw new IllegalStateException(
          "only %,d of %,d requests to %s succeeded".formatted(answers, count, service));
    }
  }

  @Override
  public void close() {
    Parallel.run(started.stream().<Parallel.Work>map(service -> _ -> service.close()).toList());
  }
}
