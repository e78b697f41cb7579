package dev.tally.bench.compare;

import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.load.LoadGenerator;
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
 * A turn of one revision: new services on empty servers do the same work as in all other turns.
 *
 * <p>The worker is frozen while messages are accepted. So accepting and draining never share the
 * processors, and the worker starts with a full queue.
 */
final class Turn {

  /** So many apps, with tokens by chance, load all partitions about alike. */
  private static final int APPS = 100;

  private static final int CHATS = APPS * 2;
  private static final int BATCH = 100;
  private static final int CONNECTIONS = 32;
  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

  private final Servers servers;
  private final Service gateway;
  private final Service worker;
  private final Service api;
  private final List<String> chats = new ArrayList<>();
  private int messages;

  private Turn(Servers servers, Service gateway, Service worker, Service api) {
    this.servers = servers;
    this.gateway = gateway;
    this.worker = worker;
    this.api = api;
  }

  /**
   * Runs a turn.
   *
   * @param services those of the revision
   * @param sections some of {@link Comparison#SECTIONS}
   * @return the costs by name, in microseconds
   */
  static Map<String, Double> run(
      Servers servers, Services services, Amounts amounts, List<String> sections) {
    servers.empty();
    try (Service worker = services.worker();
        Service api = services.api();
        Service gateway = services.gateway()) {
      return new Turn(servers, gateway, worker, api).measure(amounts, sections);
    }
  }

  private Map<String, Double> measure(Amounts amounts, List<String> sections) {
    createChats();
    List<byte[]> posts = posts();
    Costs costs = new Costs(processes());
    try {
      worker.freeze();
      accept(posts, amounts.warmUp(), 1);
      drain();
      awaitSearch();
      if (sections.contains("accept")) {
        worker.freeze();
        Runnable accept = () -> accept(posts, amounts.accepted(), 1);
        costs.measure("accept", amounts.accepted(), List.of("gateway", "Redis"), accept, () -> {});
        drain();
        awaitSearch();
      }
      worker.freeze();
      accept(batches(), amounts.drained() / BATCH, BATCH);
      if (sections.contains("drain")) {
        List<String> shown = List.of("worker", "MariaDB", "Redis", "Elasticsearch");
        costs.measure("drain", amounts.drained(), shown, this::drain, this::awaitSearch);
      } else {
        drain();
        awaitSearch();
      }
    } finally {
      worker.thaw();
    }
    if (sections.contains("read")) {
      List<byte[]> reads = reads(amounts.warmUp() + amounts.read());
      int warmUp = amounts.warmUp();
      request(api, reads.subList(0, warmUp), CONNECTIONS, warmUp);
      List<byte[]> measured = reads.subList(warmUp, reads.size());
      Runnable read = () -> request(api, measured, CONNECTIONS, amounts.read());
      costs.measure("read", amounts.read(), List.of("API", "MariaDB"), read, () -> {});
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
  }

  /** A message to each chat in turn. */
  private List<byte[]> posts() {
    List<byte[]> posts = new ArrayList<>();
    for (int i = 0; i < CHATS * BATCH; i++) {
      String message = Text.json(Text.body(i));
      posts.add(HttpFormat.post(chats.get(i % CHATS), "application/json", message));
    }
    return posts;
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
    Random random = new Random(1);
    List<byte[]> reads = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      int number = 1 + random.nextInt(messages / CHATS);
      reads.add(HttpFormat.get("%s/%d".formatted(chats.get(random.nextInt(CHATS)), number)));
    }
    return reads;
  }

  private void accept(List<byte[]> requests, int count, int messagesEach) {
    request(gateway, requests, CONNECTIONS, count);
    messages += count * messagesEach;
  }

  private static void request(Service service, List<byte[]> requests, int connections, int count) {
    Target target = Target.http(service.port(), requests);
    long answers = LoadGenerator.requests(target, connections, count).answers();
    if (answers != count) {
      throw new IllegalStateException(
          "only %,d of %,d requests to %s succeeded".formatted(answers, count, service));
    }
  }

  private void drain() {
    worker.thaw();
    Drainage.await("all messages' rows", () -> messages - servers.database().messages());
  }

  private void awaitSearch() {
    Drainage.await("an empty outbox", servers.database()::outbox);
  }
}
