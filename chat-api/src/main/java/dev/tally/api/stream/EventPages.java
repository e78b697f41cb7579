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
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the pages that streams send. All streams of a chat at the same position share one read:
 * messages never change, so the same messages always follow a number. All streams together use at
 * most {@value #MAX_READS} connections to MySQL, and leave the others to other requests.
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

  private static final Duration SHARED_FOR = Duration.ofSeconds(10);

  private final Messages messages;
  private final JsonMapper json;
  private final Semaphore reads = new Semaphore(MAX_READS, true);

  /** The pages by the last message before them. */
  private final Cache<MessageName, EventPage> shared =
      Caffeine.newBuilder()
          .maximumWeight(MAX_SHARED_BYTES)
          .<MessageName, EventPage>weigher((_, page) -> PAGE_OVERHEAD_BYTES + page.bytes().length)
          .expireAfterWrite(SHARED_FOR)
          .build();

  EventPages(Messages messages, JsonMapper json) {
    this.messages = messages;
    this.json = json;
  }

  /**
   * Reads the next messages of a chat, without the lost ones. If the announced messages cannot be
   * read, this takes the announcement back.
   *
   * @param position the number of the last message that the stream sent
   * @return null if no message comes after the position yet
   * @throws RuntimeException from Spring's hierarchies if MySQL does not answer
   */
  @Nullable EventPage next(ChatWatch watch, long position) throws InterruptedException {
    watch.reading().lockInterruptibly();
    try {
      long announced = watch.highest();
      if (announced <= position) {
        return null;
      }
      MessageName last = new MessageName(watch.chat().name(), position);
      EventPage page = shared.getIfPresent(last);
      if (page == null) {
        page = read(last);
        if (page == null) {
          watch.retract(announced, position);
        } else {
          shared.put(last, page);
        }
      }
      return page;
    } finally {
      watch.reading().unlock();
    }
  }

  private @Nullable EventPage read(MessageName last) throws InterruptedException {
    List<MessageView> found;
    reads.acquire();
    try {
      found = messages.after(last, MAX_MESSAGES);
    } finally {
      reads.release();
    }
    if (found.isEmpty()) {
      return null;
    }
    return page(found);
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
