package dev.tally.api.stream;

import dev.tally.api.answer.SlowClient;
import dev.tally.common.log.LoggedFault;
import dev.tally.common.metrics.EnumCounter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Writes the messages of one chat, and their changes, to one client, on the request's own virtual
 * thread. A stream that waits holds neither a platform thread nor a connection to MySQL or Redis. A
 * slow client receives one page at a time; the web server's timeout ends the stream of a client
 * that reads nothing.
 */
@Component
final class MessageStream {

  private static final Logger log = LoggerFactory.getLogger(MessageStream.class);

  /** Has a browser reconnect one second after it lost the connection. */
  private static final byte[] GREETING = "retry: 1000\n\n".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

  /** Longer than it takes a reset to come back from a client that is gone. */
  private static final Duration RESET = Duration.ofMillis(500);

  private final SecureRandom random = new SecureRandom();
  private final EventPages pages;
  private final StreamProperties properties;
  private final EnumCounter<Ending> ended;
  private final Counter messages;
  private final Counter changes;
  private final Counter retries;
  private final Timer lag;

  MessageStream(EventPages pages, StreamProperties properties, MeterRegistry meters) {
    this.pages = pages;
    this.properties = properties;
    this.ended =
        new EnumCounter<>(
            meters,
            "tally.streams.ended",
            "Streams that ended, by cause",
            "by",
            Ending.class,
            ending -> ending.tag);
    this.messages =
        Counter.builder("tally.streams.messages")
            .description("Messages sent on streams")
            .register(meters);
    this.changes =
        Counter.builder("tally.streams.changes")
            .description("Changes sent on streams")
            .register(meters);
    this.retries =
        Counter.builder("tally.streams.retries")
            .description("Reads for a stream that failed and were tried again")
            .register(meters);
    this.lag =
        Timer.builder("tally.lag.stream")
            .description(
                "Time from accepting a message to sending it on a stream that waited for it")
            .publishPercentileHistogram()
            .register(meters);
  }

  /**
   * Streams until the client disconnects, the watch ends, or the stream's life does.
   *
   * <p>A stream with changes first tells the client its position, as an id without an event:
   * otherwise a client that loses its connection before the first event would miss the changes
   * until it is back.
   *
   * @param after how far the client has come
   */
  void run(ChatWatch watch, Position after, HttpServletResponse response) {
    Ending ending = Ending.CLIENT;
    try {
      write(GREETING, response);
      if (after.hasChanges()) {
        write(idOnly(after), response);
      }
      ending = follow(watch, after, response);
    } catch (IOException e) {
      if (SlowClient.isCauseOf(e)) {
        ending = Ending.SLOW_CLIENT;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ending = Ending.SHUTDOWN;
    }
    ended.increment(ending);
  }

  private enum Ending {
    CLIENT("client"),
    SLOW_CLIENT("slow-client"),
    LIFE("life"),
    DELETED("deleted"),
    SHUTDOWN("shutdown");

    private final String tag;

    Ending(String tag) {
      this.tag = tag;
    }
  }

  private Ending follow(ChatWatch watch, Position after, HttpServletResponse response)
      throws IOException, InterruptedException {
    long opened = pages.now();
    Position position = after;
    boolean caughtUp = false;
    long end = System.nanoTime() + life().toNanos();
    long left;
    while ((!watch.isEnded() || lacksDeletion(watch, position))
        && (left = end - System.nanoTime()) > 0) {
      EventPage page;
      try {
        page = pages.next(watch, position, opened);
      } catch (DataAccessException | TransactionException e) {
        log.debug("A stream could not read from MySQL, trying again: {}", LoggedFault.line(e));
        retries.increment();
        if (watch.isEnded()) {
          break;
        }
        watch.pause(properties.poll());
        write(HEARTBEAT, response);
        continue;
      }
      if (page != null) {
        // A long run of lost messages is silent otherwise, and a client that is gone unnoticed.
        write(page.isSilent() ? silence(page.last()) : page.bytes(), response);
        sent(page, caughtUp);
        position = page.last();
        if (page.isEnd()) {
          return Ending.DELETED;
        }
        continue;
      }
      caughtUp = true;
      if (!watch.await(position, shorter(properties.heartbeat(), left))) {
        write(HEARTBEAT, response);
        // The network takes a write although the client is gone, and refuses the next one.
        if (!watch.await(position, RESET)) {
          write(HEARTBEAT, response);
        }
      }
    }
    if (watch.isDeleted()) {
      return Ending.DELETED;
    }
    return watch.isEnded() ? Ending.SHUTDOWN : Ending.LIFE;
  }

  /** Whether a stream with changes may still have to say that its chat is deleted. */
  private static boolean lacksDeletion(ChatWatch watch, Position position) {
    return watch.isDeleted() && position.hasChanges() && watch.announced().isAfter(position);
  }

  private static byte[] silence(Position position) {
    return position.hasChanges() ? idOnly(position) : HEARTBEAT;
  }

  /** Moves the client's last id on, and is no event: it has no data. */
  private static byte[] idOnly(Position position) {
    return "id: %s\n\n".formatted(position.id()).getBytes(StandardCharsets.US_ASCII);
  }

  /** Streams that began together, as after a restart, do not end together. */
  private Duration life() {
    long nanos = properties.life().toNanos();
    return Duration.ofNanos(nanos - random.nextLong(nanos / 10 + 1));
  }

  private static Duration shorter(Duration time, long nanos) {
    return time.toNanos() < nanos ? time : Duration.ofNanos(nanos);
  }

  private void sent(EventPage page, boolean caughtUp) {
    messages.increment(page.messages());
    changes.increment(page.changes());
    Instant oldest = page.oldest();
    if (caughtUp && oldest != null) {
      Duration age = Duration.between(oldest, Instant.now());
      lag.record(age.isNegative() ? Duration.ZERO : age);
    }
  }

  private static void write(byte[] bytes, HttpServletResponse response) throws IOException {
    response.getOutputStream().write(bytes);
    response.flushBuffer();
  }
}
