package dev.tally.api.stream;

import dev.tally.api.chat.Chats;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The streams that this API has open, a bounded number of them. Ends them before the web server
 * stops, which would wait for them.
 */
@Component
final class Streams implements SmartLifecycle {

  private static final Duration RETRY = Duration.ofSeconds(5);

  private final StreamProperties properties;
  private final Map<ChatKey, ChatWatch> watches = new ConcurrentHashMap<>();

  // the rest is guarded by this
  private final Map<ChatKey, Integer> openByChat = new HashMap<>();
  private final Map<String, Integer> openByApp = new HashMap<>();
  private int open;
  private boolean stopping;

  Streams(StreamProperties properties, MeterRegistry meters) {
    this.properties = properties;
    Gauge.builder("tally.streams.open", this, Streams::open)
        .description("Streams that this process has open")
        .register(meters);
    Gauge.builder("tally.streams.limit", properties::limit)
        .description("Streams that this process may have open")
        .register(meters);
  }

  private record ChatKey(String token, long number) {}

  /**
   * Takes a place for one more stream of a chat, which has to be given back with {@link #close}.
   *
   * @throws ProblemException 503 if this API has no place left, 429 if the app has none
   */
  synchronized ChatWatch open(Chats.Place chat) {
    if (stopping) {
      throw ProblemException.retryable(
          ProblemType.UNAVAILABLE, "This API is about to stop.", Duration.ofSeconds(1));
    }
    if (open >= properties.limit()) {
      throw ProblemException.retryable(
          ProblemType.UNAVAILABLE, "As many streams are open as there may be.", RETRY);
    }
    if (openByApp.getOrDefault(chat.token(), 0) >= properties.limitPerApp()) {
      throw ProblemException.retryable(
          ProblemType.RATE_LIMITED, "The app has as many streams open as it may have.", RETRY);
    }
    ChatKey key = new ChatKey(chat.token(), chat.number());
    open++;
    openByApp.merge(chat.token(), 1, Integer::sum);
    openByChat.merge(key, 1, Integer::sum);
    return watches.computeIfAbsent(key, _ -> new ChatWatch(chat));
  }

  synchronized void close(ChatWatch watch) {
    ChatKey key = new ChatKey(watch.chat().token(), watch.chat().number());
    open--;
    openByApp.computeIfPresent(key.token(), (_, count) -> oneLess(count));
    if (openByChat.computeIfPresent(key, (_, count) -> oneLess(count)) == null) {
      watches.remove(key);
    }
  }

  private static @Nullable Integer oneLess(int count) {
    return count == 1 ? null : count - 1;
  }

  synchronized int open() {
    return open;
  }

  /** The chats that streams are open for. */
  Collection<ChatWatch> watches() {
    return watches.values();
  }

  /** The chat with this number, if streams are open for it. */
  Optional<ChatWatch> watch(String token, long number) {
    return Optional.ofNullable(watches.get(new ChatKey(token, number)));
  }

  @Override
  public synchronized void start() {
    stopping = false;
  }

  @Override
  public synchronized void stop() {
    stopping = true;
    watches.values().forEach(ChatWatch::end);
  }

  @Override
  public synchronized boolean isRunning() {
    return !stopping;
  }
}
