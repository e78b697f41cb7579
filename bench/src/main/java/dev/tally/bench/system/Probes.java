package dev.tally.bench.system;

import dev.tally.bench.data.Text;
import dev.tally.testkit.Service;
import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/**
 * Messages that are due at a fixed rate, with the time from when each was due until it was visible.
 *
 * @param messagesPath the path of the messages of a chat that gets no other ones
 * @param interval the time from when one message is due to the next
 * @param pause the time before a message that is not visible is looked for again
 * @param look the rest of the path of a read whose answer has the message once it is visible
 */
public record Probes(
    Service gateway,
    Service api,
    String messagesPath,
    Duration interval,
    Duration pause,
    Function<Probe, String> look) {

  /**
   * An accepted message.
   *
   * @param word no other message has it
   */
  public record Probe(long due, long number, String word) {}

  /** Fifty messages a second, asked for by number every 5 milliseconds. */
  public static Probes readable(Service gateway, Service api, String messagesPath) {
    Duration interval = Duration.ofMillis(20);
    Duration pause = Duration.ofMillis(5);
    return new Probes(gateway, api, messagesPath, interval, pause, probe -> "/" + probe.number());
  }

  /** Five messages a second, searched for every 50 milliseconds. */
  public static Probes searchable(Service gateway, Service api, String messagesPath) {
    Duration interval = Duration.ofMillis(200);
    Duration pause = Duration.ofMillis(50);
    Function<Probe, String> look = probe -> "/search?q=" + probe.word();
    return new Probes(gateway, api, messagesPath, interval, pause, look);
  }

  /**
   * Sends messages while a load runs, and then waits until all accepted messages are visible.
   *
   * @return the times of each of the probes in nanoseconds
   */
  public static List<Histogram> during(Runnable load, Probes... all) {
    List<Future<Histogram>> lags;
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      lags = Arrays.stream(all).map(one -> threads.submit(() -> one.measure(over))).toList();
      try {
        load.run();
      } finally {
        // The threads must also end after a failure.
        over.set(true);
      }
    }
    return lags.stream().map(Future::resultNow).toList();
  }

  /** Messages of a chat become visible in number order, so this looks for one after the other. */
  private Histogram measure(AtomicBoolean over) {
    Queue<Probe> accepted = new ConcurrentLinkedQueue<>();
    Thread.startVirtualThread(() -> send(accepted, over));
    Histogram lags = new Histogram(3);
    while (!over.get() || !accepted.isEmpty()) {
      Probe next = accepted.peek();
      if (next != null && isVisible(next)) {
        lags.recordValue(Math.max(1, System.nanoTime() - next.due()));
        accepted.remove();
      } else {
        LockSupport.parkNanos(pause.toNanos());
      }
    }
    return lags;
  }

  private boolean isVisible(Probe probe) {
    String url = api.url() + messagesPath + look.apply(probe);
    Http.Answer answer = Http.exchange(Http.request(url));
    return answer.status() == 200 && answer.body().contains(probe.word());
  }

  /** Sends each message in a thread of its own: a slow answer delays no other message. */
  private void send(Queue<Probe> accepted, AtomicBoolean over) {
    for (long next = System.nanoTime(); !over.get(); next += interval.toNanos()) {
      LockSupport.parkNanos(next - System.nanoTime());
      long due = next;
      Thread.startVirtualThread(() -> send(due, accepted));
    }
  }

  private void send(long due, Queue<Probe> accepted) {
    String word = "q" + Long.toHexString(due);
    Http.Answer answer =
        Http.exchange(
            Http.json(gateway.url() + messagesPath)
                .POST(HttpRequest.BodyPublishers.ofString(Text.json("probe " + word))));
    if (answer.status() == 201) {
      accepted.add(new Probe(due, answer.number("message_number"), word));
    }
  }
}
