package dev.tally.api.stream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tally.api.message.MessageView;
import dev.tally.api.message.Messages;
import dev.tally.common.identity.MessageName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the pages that streams send. Streams of a chat at the same position share a read while an
 * announcement reaches all of them. Messages change, so a stream never gets a page that was read
 * before the stream was opened, and no page is shared for longer than a second.
 *
 * <p>All streams together use at most {@value #MAX_READS} connections to MySQL, and leave the
 * others to other requests.
 */
@Component
final class EventPages {

  private static final int MAX_MESSAGES = 100;

  /**
   * The size at which a page ends; its last message may exceed it. A slow client costs this much
   * memory.
   */
  static final int MAX_BYTES = 64 * 1024;

  private static final int MAX_READS = 6;
  private static final long MAX_SHARED_BYTES = 16 * 1024 * 1024;

  /** An estimate of the objects around a page. A page of lost messages is nothing else. */
  private static final int PAGE_OVERHEAD_BYTES = 300;

  /**
   * Longer than an announcement takes to reach all streams of a chat. A stream that comes later
   * reads for itself.
   */
  private static final Duration SHARED_FOR = Duration.ofSeconds(1);

  private final Messages messages;
  private final JsonMapper json;
  private final Semaphore connections = new Semaphore(MAX_READS, true);

  /** How many reads have begun, of any chat. */
  private final AtomicLong reads = new AtomicLong();

  /** The pages by the last message before them. */
  private final Cache<MessageName, Read> shared =
      Caffeine.newBuilder()
          .maximumWeight(MAX_SHARED_BYTES)
          .<MessageName, Read>weigher((_, read) -> PAGE_OVERHEAD_BYTES + read.page().bytes().length)
          .expireAfterWrite(SHARED_FOR)
          .build();

  EventPages(Messages messages, JsonMapper json) {
    this.messages = messages;
    this.json = json;
  }

  /**
   * A page as it was read.
   *
   * @param number counts the reads in the order in which they began
   */
  private record Read(long number, EventPage page) {}

  /** The present moment: the number of the latest read. */
  long now() {
    return reads.get();
  }

  /**
   * Reads the next messages of a chat, without the lost ones. If the announced messages cannot be
   * read, this takes the announcement back.
   *
   * @param position the number of the last message that the stream sent
   * @param opened the moment at which the stream was opened. No page was read before it
   * @return null if no message comes after the position yet
   * @throws RuntimeException from Spring's hierarchies if MySQL does not answer
   */
  @Nullable EventPage next(ChatWatch watch, long position, long opened)
      throws InterruptedException {
    watch.reading().lockInterruptibly();
    try {
      long announced = watch.highest();
      if (announced <= position) {
        return null;
      }
      MessageName last = new MessageName(watch.chat().name(), position);
      Read read = shared.getIfPresent(last);
      if (read == null || read.number() <= opened) {
        read = read(last);
        if (read == null) {
          watch.retract(announced, position);
          return null;
        }
        shared.put(last, read);
      }
      return read.page();
    } finally {
      watch.reading().unlock();
    }
  }

  private @Nullable Read read(MessageName last) throws InterruptedException {
    List<MessageView> found;
    long number;
    connections.acquire();
    try {
      number = reads.incrementAndGet();
      found = messages.after(last, MAX_MESSAGES);
    } finally {
      connections.release();
    }
    return found.isEmpty() ? null : new Read(number, page(found));
  }

  private EventPage page(List<MessageView> found) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int sent = 0;
    Instant oldest = null;
    long last = 0;
    for (MessageView message : found) {
      if (bytes.size() >= MAX_BYTES) {
        break;
      }
      last = message.number();
      if (message.lost()) {
        continue;
      }
      if (oldest == null) {
        oldest = message.createdAt();
      }
      sent++;
      bytes.writeBytes(
          "id: %d\ndata: %s\n\n"
              .formatted(last, json.writeValueAsString(message))
              .getBytes(StandardCharsets.UTF_8));
    }
    return new EventPage(bytes.toByteArray(), last, sent, oldest);
  }
}
