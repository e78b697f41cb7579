package dev.tally.bench.compare;

import dev.tally.bench.data.Dataset;
import dev.tally.bench.data.Mix;
import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.load.LoadGenerator;
import dev.tally.bench.load.Target;
import dev.tally.bench.system.Contender;
import dev.tally.bench.system.Queues;
import dev.tally.common.identity.AppToken;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Service;
import dev.tally.testkit.Services;
import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * New processes of one revision's services, on servers of their own that were empty.
 *
 * <p>The worker is frozen while messages are accepted. So accepting and draining never share the
 * processors, and the worker starts with a full queue.
 */
final class Deployment implements AutoCloseable {

  /** So many apps, with tokens by chance, load all partitions about alike. */
  private static final int APPS = 100;

  private static final int CHATS = 2;
  private static final int BATCH = 100;

  private final Servers servers;
  private final Queues queues;
  private final int requests;
  private final List<Service> started = new ArrayList<>();
  private final Service gateway;
  private final Service worker;
  private final Service api;
  private final Mix mix;
  private final List<byte[]> posts;
  private final List<byte[]> batches;

  /** The least number of messages in a chat, by its path. */
  private final Map<String, Integer> numbers = new HashMap<>();

  private final Random random = new Random(1);
  private int messages;

  /**
   * Empties the servers, starts the services and creates the chats.
   *
   * @param services those of the revision
   * @param requests see {@link Comparison}
   */
  Deployment(Services services, int requests) {
    this.servers = services.servers();
    this.queues = new Queues(servers);
    this.requests = requests;
    servers.empty();
    try {
      worker = closedAtEnd(services.worker());
      api = closedAtEnd(services.api());
      gateway = closedAtEnd(services.gateway());
      mix = Mix.even(createApps());
    } catch (RuntimeException | AssertionError e) {
      close();
      throw e;
    }
    posts = mix.posts();
    batches = mix.batches(BATCH);
  }

  private Service closedAtEnd(Service service) {
    started.add(service);
    return service;
  }

  /** Repeats all work until the services' code is compiled. */
  void warmUp() {
    Queues.whileFrozen(worker, () -> acceptOneByOne(2 * requests));
    drain();
    read(reads(2 * requests));
    queues.awaitSearch();
  }

  /**
   * Measures sections.
   *
   * @param sections some of {@link Comparison#SECTIONS}
   * @return the costs by name, in microseconds
   */
  Map<String, Double> measure(List<String> sections) {
    Costs costs = new Costs(this::cpu);
    if (sections.contains("accept")) {
      List<String> shown = List.of("gateway", "Redis");
      Runnable accept = () -> acceptOneByOne(requests);
      Queues.whileFrozen(worker, () -> costs.measure("accept", requests, shown, accept, () -> {}));
      drain();
      queues.awaitSearch();
    }
    if (sections.contains("drain")) {
      Queues.whileFrozen(worker, () -> acceptBatches(2 * requests / BATCH));
      List<String> shown = List.of("worker", "MariaDB", "Redis", "Elasticsearch");
      costs.measure("drain", 2 * requests, shown, this::drain, queues::awaitSearch);
    }
    if (sections.contains("read")) {
      List<byte[]> reads = reads(requests);
      costs.measure("read", requests, List.of("API", "MariaDB"), () -> read(reads), () -> {});
    }
    return costs.micros();
  }

  private Map<String, Duration> cpu() {
    Map<String, Duration> used = new LinkedHashMap<>();
    used.put("gateway", gateway.cpu());
    used.put("worker", worker.cpu());
    used.put("API", api.cpu());
    servers.cpu().forEach((kind, cpu) -> used.put(kind.title(), cpu));
    return used;
  }

  private List<Dataset.App> createApps() {
    List<Dataset.App> apps = new ArrayList<>();
    List<byte[]> chats = new ArrayList<>();
    HttpRequest.Builder create =
        Http.json(api.url() + "/apps")
            .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"Bench\"}"));
    for (int i = 0; i < APPS; i++) {
      AppToken token = new AppToken(Http.exchange(create).is(201).text("token"));
      // The id of the row is of no use here.
      apps.add(new Dataset.App(0, token, CHATS));
      byte[] chat =
          HttpFormat.post("/apps/%s/chats".formatted(token.value()), "application/json", "{}");
      chats.addAll(Collections.nCopies(CHATS, chat));
    }
    request(gateway, chats, 1, chats.size());
    return apps;
  }

  private List<byte[]> reads(int count) {
    List<Map.Entry<String, Integer>> chats = List.copyOf(numbers.entrySet());
    return random
        .ints(count, 0, chats.size())
        .mapToObj(chats::get)
        .map(chat -> HttpFormat.get(chat.getKey() + "/" + (1 + random.nextInt(chat.getValue()))))
        .toList();
  }

  private void acceptOneByOne(int count) {
    request(gateway, posts, Contender.CONNECTIONS, count);
    messages += count;
    for (int i = 0; i < count; i++) {
      numbers.merge(mix.draws().get(i % posts.size()).path(), 1, Integer::sum);
    }
  }

  private void acceptBatches(int count) {
    request(gateway, batches, Contender.CONNECTIONS, count);
    messages += count * BATCH;
  }

  private void drain() {
    Queues.await("all messages' rows", () -> messages - servers.database().messages());
  }

  private void read(List<byte[]> reads) {
    request(api, reads, Contender.CONNECTIONS, reads.size());
  }

  private static void request(Service service, List<byte[]> requests, int connections, int count) {
    Target target = new Target(service.port(), requests);
    long answers = LoadGenerator.requests(target, connections, count).answers();
    if (answers != count) {
      throw new IllegalStateException(
          "only %,d of %,d requests to %s succeeded".formatted(answers, count, service));
    }
  }

  @Override
  public void close() {
    started.forEach(Service::close);
  }
}
