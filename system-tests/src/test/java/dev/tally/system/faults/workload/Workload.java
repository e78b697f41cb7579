package dev.tally.system.faults.workload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Clients that write and read at a steady, bounded rate: chats, single messages and batches, and
 * changes of messages, in apps and chats that they share. They repeat about half of the writes,
 * with an idempotency key, until they are answered. They try the others once.
 */
public final class Workload {

  private static final int APPS = 6;
  private static final int CHATS_AN_APP = 40;
  private static final int LONGEST_BATCH = 12;
  private static final int FILLING_BATCH = 50;
  private static final int PAGE = 100;
  private static final int FILLING_CLIENT = 900;
  private static final List<String> WORDS =
      List.of(
          "river",
          "apple",
          "Straße",
          "mañana",
          "tally",
          "queue",
          "lease",
          "🎉",
          "numbers",
          "日本",
          "harbour",
          "slow",
          "quick",
          "brown",
          "fox",
          "O'Neil",
          "\"quoted\"",
          "tab\there");

  private final Client.Surroundings surroundings;
  private final long seed;
  private final Targets targets = new Targets();
  private final List<Parent.Chat> chats = new CopyOnWriteArrayList<>();
  private final List<String> apps = new CopyOnWriteArrayList<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final Client filling;
  private int filled;

  public Workload(Client.Surroundings surroundings, long seed) {
    this.surroundings = surroundings;
    this.seed = seed;
    this.filling = new Client(FILLING_CLIENT, surroundings);
  }

  /**
   * Starts clients after creating the first app and its first chat.
   *
   * @param pace the average time from one request of a client to its next
   */
  public void start(int clients, Duration pace) {
    Client first = new Client(0, surroundings);
    while (chats.isEmpty()) {
      newApp(first, "first app " + seed);
      newChat(first, new Random(seed));
    }
    for (int i = 0; i < clients; i++) {
      int number = i;
      Random random = new Random(seed + i);
      Client client = i == 0 ? first : new Client(i, surroundings);
      threads.add(
          Thread.ofVirtual().name("client-" + i).start(() -> run(client, number, random, pace)));
    }
  }

  private void run(Client client, int number, Random random, Duration pace) {
    int sequence = 0;
    try {
      while (!stopping.await(random.nextLong(2 * pace.toMillis()), TimeUnit.MILLISECONDS)) {
        one(client, "%d:%d".formatted(number, ++sequence), random);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Sends one request, and repeats it if it has an idempotency key.
   *
   * @param id unique among all requests
   */
  private void one(Client client, String id, Random random) {
    int choice = random.nextInt(100);
    Parent.Chat chat = chats.get(random.nextInt(chats.size()));
    if (choice < 2 && apps.size() < APPS) {
      newApp(client, "app " + id);
    } else if (choice < 8 && chats.size() < APPS * CHATS_AN_APP) {
      newChat(client, random);
    } else if (choice < 34) {
      say(client, chat, List.of(body(id, random)), random);
    } else if (choice < 47) {
      List<String> bodies = new ArrayList<>();
      int size = random.nextInt(2, LONGEST_BATCH + 1);
      for (int i = 1; i <= size; i++) {
        bodies.add(body(id + ":" + i, random));
      }
      say(client, chat, bodies, random);
    } else if (choice < 77) {
      change(client, id, chat, choice < 72, random);
    } else if (choice < 88) {
      client.ask(
          new Request.ReadMessages(chat.app(), chat.number(), 10L * random.nextInt(10), PAGE));
    } else if (choice < 92) {
      client.ask(new Request.ReadChanges(chat.app(), chat.number(), 10L * random.nextInt(5), PAGE));
    } else {
      client.ask(new Request.ReadChat(chat.app(), chat.number()));
    }
  }

  private void newApp(Client client, String name) {
    if (client.ask(new Request.NewApp(name)) instanceof Outcome.CreatedApp(String token)) {
      apps.add(token);
    }
  }

  private void newChat(Client client, Random random) {
    if (apps.isEmpty()) {
      return;
    }
    String app = apps.get(random.nextInt(apps.size()));
    if (ask(client, new Request.NewChat(app, key(random)))
        instanceof Outcome.Accepted(long first, _)) {
      chats.add(new Parent.Chat(app, first));
    }
  }

  private void say(Client client, Parent.Chat chat, List<String> bodies, Random random) {
    if (ask(client, new Request.NewMessages(chat.app(), chat.number(), bodies, key(random)))
        instanceof Outcome.Accepted(_, long last)) {
      targets.answered(chat, last);
    }
  }

  /**
   * Edits or deletes a message that some client knows. A third of the changes expect a revision,
   * which some other change may have made an old one.
   */
  private void change(Client client, String id, Parent.Chat chat, boolean isEdit, Random random) {
    Targets.Target target = targets.next(chat, random);
    if (target == null) {
      return;
    }
    Request.Change.Verb edit =
        random.nextBoolean() ? Request.Change.Verb.PUT : Request.Change.Verb.PATCH;
    Request.Change request =
        new Request.Change(
            target.chat().app(),
            target.chat().number(),
            target.number(),
            isEdit ? edit : Request.Change.Verb.DELETE,
            id,
            isEdit ? body(id, random) : null,
            random.nextInt(3) == 0 ? target.revision() : null,
            key(random));
    if (ask(client, request) instanceof Outcome.Accepted(long number, _)) {
      targets.changed(new Targets.Target(target.chat(), target.number(), number));
    }
  }

  private static Outcome ask(Client client, Request request) {
    return request.key() != null ? client.askUntilAnswered(request, null) : client.ask(request);
  }

  private static @Nullable String key(Random random) {
    return random.nextBoolean() ? new UUID(random.nextLong(), random.nextLong()).toString() : null;
  }

  private static String body(String id, Random random) {
    StringBuilder body = new StringBuilder(id);
    int words = random.nextInt(1, 9);
    for (int i = 0; i < words; i++) {
      body.append(' ').append(WORDS.get(random.nextInt(WORDS.size())));
    }
    return body.toString();
  }

  /**
   * Writes to one chat, faster than the other clients, until its queue is full.
   *
   * @return whether the queue was full before the time was up
   */
  public boolean fill(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < deadline) {
      if (fillOnce() instanceof Outcome.Refused) {
        return true;
      }
    }
    return false;
  }

  /**
   * Writes to one chat, faster than the other clients, whether its queue is full or not.
   *
   * @return how many messages were accepted
   */
  public int flood(Duration time) {
    int accepted = 0;
    long deadline = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < deadline) {
      if (fillOnce() instanceof Outcome.Accepted) {
        accepted += FILLING_BATCH;
      }
    }
    return accepted;
  }

  private Outcome fillOnce() {
    Parent.Chat chat = chats.getFirst();
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < FILLING_BATCH; i++) {
      bodies.add("filling %d".formatted(++filled));
    }
    return filling.ask(new Request.NewMessages(chat.app(), chat.number(), bodies, null));
  }

  /**
   * Lets clients finish their repetitions, and returns when all have finished or the time is up.
   */
  public void stop(Duration patience) throws InterruptedException {
    stopping.countDown();
    long deadline = System.nanoTime() + patience.toNanos();
    for (Thread thread : threads) {
      if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
        thread.interrupt();
        thread.join();
      }
    }
  }
}
