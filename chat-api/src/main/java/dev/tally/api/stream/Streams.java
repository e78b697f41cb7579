package dev.tally.api.stream;

import dev.tally.api.chat.Chats;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
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
 * Counts this API's open streams, and limits their number. Ends all streams before the web server
 * stops, because the web server waits for open requests.
 */
@Component
final class Streams implements SmartLifecycle {

  private static final Duration RETRY = Duration.ofSeconds(5);

  /** One stream in so many is kept for apps that have few. */
  private static final int RESERVED = 10;

  private static final int FEW = 10;

  private final StreamProperties properties;
  private final Map<ChatName, ChatWatch> watches = new ConcurrentHashMap<>();

  // The fields below are guarded by this.
  private final Map<ChatName, Integer> openByChat = new HashMap<>();
  private final Map<AppToken, Integer> openByApp = new HashMap<>();
  private final Map<String, Integer> openByAddress = new HashMap<>();
  private int open;
  private boolean stopping;

  Streams(StreamProperties properties, MeterRegistry meters) {
    this.properties = properties;
    Gauge.builder("tally.streams.open", this, Streams::open)
        .description("Open streams of this process")
        .register(meters);
    Gauge.builder("tally.streams.limit", properties::limit)
        .description("The maximum number of open streams of this process")
        .register(meters);
  }

  /**
   * Opens a stream of a chat. The caller must {@link #close} it.
   *
   * @param address the client's
   * @throws ProblemException 503 at this API's limit or while it stops, 429 at the limit of the app
   *     or of the address
   */
  synchronized ChatWatch open(Chats.Place chat, String address) {
    ChatName name = chat.name();
    if (stopping) {
      throw ProblemException.retryable(
          ProblemType.UNAVAILABLE, "This API is stopping: connect again.", Duration.ofSeconds(1));
    }
    int ofApp = openByApp.getOrDefault(name.app(), 0);
    int limit = properties.limit();
    if (open >= (ofApp < FEW ? limit : limit - limit / RESERVED)) {
      throw ProblemException.retryable(
          ProblemType.UNAVAILABLE, "The stream limit of this server is reached.", RETRY);
    }
    if (ofApp >= properties.limitPerApp()) {
      throw ProblemException.retryable(
          ProblemType.RATE_LIMITED,
          "The app's stream limit is reached: close another stream first.",
          RETRY);
    }
    if (openByAddress.getOrDefault(address, 0) >= properties.limitPerAddress()) {
      throw ProblemException.retryable(
          ProblemType.RATE_LIMITED,
          "The client address has too many streams: close another stream first.",
          RETRY);
    }
    open++;
    openByApp.merge(name.app(), 1, Integer::sum);
    openByAddress.merge(address, 1, Integer::sum);
    openByChat.merge(name, 1, Integer::sum);
    return watches.computeIfAbsent(name, _ -> new ChatWatch(chat));
  }

  synchronized void close(ChatWatch watch, String address) {
    ChatName name = watch.chat().name();
    open--;
    openByApp.computeIfPresent(name.app(), (_, count) -> oneLess(count));
    openByAddress.computeIfPresent(address, (_, count) -> oneLess(count));
    if (openByChat.computeIfPresent(name, (_, count) -> oneLess(count)) == null) {
      watches.remove(name);
    }
  }

  private static @Nullable Integer oneLess(int count) {
    return count == 1 ? null : count - 1;
  }

  synchronized int open() {
    return open;
  }

  /** The watches of all chats that have open streams. */
  Collection<ChatWatch> watches() {
    return watches.values();
  }

  /** The watch of a chat, if the chat has open streams. */
  Optional<ChatWatch> watch(ChatName chat) {
    return Optional.ofNullable(watches.get(chat));
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
