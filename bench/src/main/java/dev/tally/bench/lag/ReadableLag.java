package dev.tally.bench.lag;

import dev.tally.bench.load.LoadGenerator;
import dev.tally.bench.system.Calls;
import dev.tally.bench.system.Dataset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * Measures the time from a message's due time until the API has it, for every message of one chat.
 * Messages become visible in number order, so watching the chat's count is enough.
 */
final class ReadableLag implements LoadGenerator.Listener {

  private static final Pattern COUNT = Pattern.compile("\"messages_count\":(\\d+)");
  private static final byte[] NUMBER = "\"message_number\":".getBytes(StandardCharsets.US_ASCII);
  private static final long LOOK_NANOS = 5_000_000;

  private final String look;
  private final int everySoMany;
  private final Map<Long, Long> intendedAt = new ConcurrentHashMap<>();
  private final Map<Long, Long> seenAt = new ConcurrentHashMap<>();
  private volatile boolean running = true;
  private long seen;

  /**
   * @param everySoMany every request with a multiple of this sequence number goes to the chat
   */
  ReadableLag(Dataset.App app, long chat, int everySoMany) {
    this.look = "/apps/%s/chats/%d".formatted(app.token().value(), chat);
    this.everySoMany = everySoMany;
  }

  @Override
  public void answered(long sequence, long intended, byte[] received, int from, int end) {
    if (sequence % everySoMany == 0) {
      intendedAt.put(number(received, from, end), intended);
    }
  }

  private static long number(byte[] received, int from, int end) {
    for (int i = from; i + NUMBER.length < end; i++) {
      int matched = 0;
      while (matched < NUMBER.length && received[i + matched] == NUMBER[matched]) {
        matched++;
      }
      if (matched == NUMBER.length) {
        long number = 0;
        for (int j = i + matched; received[j] >= '0' && received[j] <= '9'; j++) {
          number = number * 10 + received[j] - '0';
        }
        return number;
      }
    }
    throw new IllegalStateException("the answer has no message number");
  }

  /** Counts the chat's messages as seen. Must be called before the first request is sent. */
  void begin(int apiPort) {
    seen = count(apiPort);
  }

  /** Watches the chat's count until {@link #stop}. */
  void watch(int apiPort) {
    while (running) {
      long count = count(apiPort);
      long now = System.nanoTime();
      while (seen < count) {
        seenAt.put(++seen, now);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private long count(int apiPort) {
    Matcher matcher = COUNT.matcher(Calls.get(apiPort, look).orElse(""));
    return matcher.find() ? Long.parseLong(matcher.group(1)) : seen;
  }

  /** Whether all accepted messages have been seen. */
  boolean isComplete() {
    return seenAt.keySet().containsAll(intendedAt.keySet());
  }

  /** Ends {@link #watch}. */
  void stop() {
    running = false;
  }

  /** The measured times in nanoseconds. */
  Histogram lags() {
    Histogram lags = new Histogram(3);
    intendedAt.forEach(
        (number, intended) -> {
          Long at = seenAt.get(number);
          if (at != null) {
            lags.recordValue(Math.max(1, at - intended));
          }
        });
    return lags;
  }
}
