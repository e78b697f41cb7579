package dev.tally.system.faults.workload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Measures when everything works again: for several apps, every gateway accepts a message, every
 * API shows it, and every API finds it.
 */
public final class Probe {

  private static final int APPS = 3;
  private static final int FIRST_CLIENT = 1_000;
  private static final int FIRST_TENANT = 2_000;
  private static final int TRIES = 30;
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(10);

  private final Client.Surroundings surroundings;
  private final List<Sender> senders = new ArrayList<>();
  private int tenants = FIRST_TENANT;

  /** The time from a given moment until the slowest message so far. */
  public record Recovery(Duration accepted, Duration readable, Duration searchable) {

    private static Recovery slowest(Recovery one, Recovery other) {
      return new Recovery(
          max(one.accepted, other.accepted),
          max(one.readable, other.readable),
          max(one.searchable, other.searchable));
    }

    private static Duration max(Duration one, Duration other) {
      return one.compareTo(other) > 0 ? one : other;
    }
  }

  private record Sender(Client client, String gateway, Parent.Chat chat) {}

  /** Creates the apps and chats of the probes. */
  public Probe(Client.Surroundings surroundings) {
    this.surroundings = surroundings;
    int number = FIRST_CLIENT;
    for (int i = 0; i < APPS; i++) {
      Client client = new Client(number++, surroundings);
      if (!(client.ask(new Request.NewApp("probed app " + i))
              instanceof Outcome.CreatedApp(String app)
          && client.askUntilAnswered(new Request.NewChat(app, UUID.randomUUID().toString()), null)
              instanceof Outcome.Accepted(long chat, _))) {
        throw new AssertionError("could not create the apps and chats of the probes");
      }
      for (String gateway : surroundings.gateways()) {
        senders.add(
            new Sender(new Client(number++, surroundings), gateway, new Parent.Chat(app, chat)));
      }
    }
  }

  /**
   * Waits until everything works.
   *
   * @param since {@link System#nanoTime} at the beginning of the measured times
   * @throws TimeoutException if something does not work within the given time
   */
  public Recovery await(long since, Duration patience)
      throws InterruptedException, TimeoutException {
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      List<Future<Recovery>> results = new ArrayList<>();
      senders.forEach(sender -> results.add(threads.submit(() -> probe(sender, since))));
      long deadline = System.nanoTime() + patience.toNanos();
      Recovery slowest = new Recovery(Duration.ZERO, Duration.ZERO, Duration.ZERO);
      for (Future<Recovery> result : results) {
        slowest =
            Recovery.slowest(
                slowest, result.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
      }
      return slowest;
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } finally {
      threads.shutdownNow();
      threads.close();
    }
  }

  private Recovery probe(Sender sender, long since) throws InterruptedException {
    Parent.Chat chat = sender.chat();
    String word = "probe" + UUID.randomUUID().toString().replace("-", "");
    Outcome outcome =
        sender
            .client()
            .askUntilAnswered(
                new Request.NewMessages(chat.app(), chat.number(), List.of(word), word),
                sender.gateway());
    if (!(outcome instanceof Outcome.Accepted(long number, _))) {
      throw new AssertionError("a probe was not accepted: " + outcome);
    }
    Duration accepted = elapsed(since);
    State.Message message = new State.Message(number, word);
    for (String api : surroundings.apis()) {
      Request.ReadMessages request =
          new Request.ReadMessages(chat.app(), chat.number(), number - 1, 1);
      await(
          () ->
              sender.client().ask(request, api) instanceof Outcome.Page(List<State.Message> page)
                  && page.contains(message));
    }
    Duration readable = elapsed(since);
    for (String api : surroundings.apis()) {
      await(() -> Client.finds(api, chat, word, number));
    }
    return new Recovery(accepted, readable, elapsed(since));
  }

  /**
   * An app with a chat, and a message in it that searches find.
   *
   * @param number of the message
   * @param word in the message, and in no other
   */
  public record Tenant(Parent.Chat chat, long number, String word) {}

  /** Creates an app, a chat and a message, and returns when a search finds the message. */
  public Tenant newTenant() throws InterruptedException {
    Client client = new Client(tenants++, surroundings);
    String id = UUID.randomUUID().toString().replace("-", "");
    // A creation of unknown outcome is not repeated: it has no idempotency key.
    Outcome created = client.ask(new Request.NewApp("tenant " + id));
    for (int i = 1; !(created instanceof Outcome.CreatedApp) && i < TRIES; i++) {
      Thread.sleep(PAUSE);
      created = client.ask(new Request.NewApp("tenant " + id + " again " + i));
    }
    if (!(created instanceof Outcome.CreatedApp(String app)
        && client.askUntilAnswered(new Request.NewChat(app, id), null)
            instanceof Outcome.Accepted(long number, _))) {
      throw new AssertionError("no tenant was created: " + created);
    }
    Parent.Chat chat = new Parent.Chat(app, number);
    String word = "tenant" + id;
    if (!(client.askUntilAnswered(
            new Request.NewMessages(app, number, List.of(word), id + "m"), null)
        instanceof Outcome.Accepted(long message, _))) {
      throw new AssertionError("the message of a tenant was not accepted");
    }
    String api = surroundings.apis().getFirst();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    await(() -> Client.finds(api, chat, word, message) || System.nanoTime() > deadline);
    if (System.nanoTime() > deadline) {
      throw new AssertionError("the message of a new tenant cannot be found: " + chat);
    }
    return new Tenant(chat, message, word);
  }

  /**
   * Fails if a search of one tenant finds what another one has written.
   *
   * @throws AssertionError if it does
   */
  public void requireHidden(Tenant from, Tenant other) {
    for (String api : surroundings.apis()) {
      if (Client.finds(api, from.chat(), other.word(), other.number())) {
        throw new AssertionError("%s finds a message of %s".formatted(from.chat(), other.chat()));
      }
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    Duration pause = POLL;
    while (!condition.getAsBoolean()) {
      Thread.sleep(pause);
      // Each check costs time, and a long wait need not be known to the millisecond.
      pause = pause.multipliedBy(5).dividedBy(4);
      if (pause.compareTo(Duration.ofMillis(250)) > 0) {
        pause = Duration.ofMillis(250);
      }
    }
  }

  private static Duration elapsed(long since) {
    return Duration.ofNanos(System.nanoTime() - since);
  }
}
