package dev.tally.bench.lag;

import dev.tally.bench.system.Calls;
import dev.tally.bench.system.Dataset;
import dev.tally.bench.system.Text;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Measures the time from a message's due time until a search finds it, for a few messages. Each has
 * a word that no other message has.
 */
final class SearchableLag {

  private static final long INTERVAL_NANOS = 200_000_000;
  private static final long LOOK_NANOS = 50_000_000;

  private record Probe(long intended, String searchPath) {}

  private final Dataset.App app;
  private final long chat;
  private final BlockingQueue<Probe> sent = new LinkedBlockingQueue<>();
  private final Histogram lags = new Histogram(3);
  private volatile boolean sending = true;

  SearchableLag(Dataset.App app, long chat) {
    this.app = app;
    this.chat = chat;
  }

  /** Sends messages until {@link #stop}. */
  void send(int gatewayPort) {
    Random random = new Random();
    byte[] word = new byte[8];
    String path = app.messagesPath(chat);
    for (long intended = System.nanoTime(); sending; intended += INTERVAL_NANOS) {
      LockSupport.parkNanos(intended - System.nanoTime());
      random.nextBytes(word);
      String unique = "q" + HexFormat.of().formatHex(word);
      if (Calls.post(gatewayPort, path, Text.json("probe " + unique)).isPresent()) {
        sent.add(new Probe(intended, path + "/search?q=" + unique));
      }
    }
  }

  /**
   * Searches for one message after the other until all are found. Messages become searchable in
   * order, many at once.
   */
  void look(int apiPort) throws InterruptedException {
    while (sending || !sent.isEmpty()) {
      Probe probe = sent.poll(100, TimeUnit.MILLISECONDS);
      if (probe == null) {
        continue;
      }
      while (!Calls.get(apiPort, probe.searchPath()).orElse("").contains("\"number\":")) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
      lags.recordValue(Math.max(1, System.nanoTime() - probe.intended()));
    }
  }

  /** Ends {@link #send}. {@link #look} then ends when it has found all messages. */
  void stop() {
    sending = false;
  }

  /** The measured times in nanoseconds, complete when {@link #look} has ended. */
  Histogram lags() {
    return lags;
  }
}
