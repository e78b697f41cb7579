package dev.tally.api.stream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tally.api.chat.Chats;
import dev.tally.api.message.MessageView;
import dev.tally.api.message.Messages;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads what streams send. Streams of a chat that have come equally far share what one of them
 * reads: messages never change, so what has once followed a number always does. All streams
 * together use a part of the connections to MySQL, and leave the rest to other requests.
 */
@Component
final class EventPages {

  private static final int MAX_MESSAGES = 100;

  /** A page is longer only by its last message. It is what a slow reader costs. */
  private static final int MAX_BYTES = 64 * 1024;

  private static final int MAX_READS = 6;
  private static final long MAX_SHARED_BYTES = 16 * 1024 * 1024;
  private static final Duration SHARED_FOR = Duration.ofSeconds(10);

  private final Messages messages;
  private final JsonMapper json;
  private final Semaphore reads = new Semaphore(MAX_READS, true);
  private final Cache<Behind, EventPage> shared =
      Caffeine.newBuilder()
          .maximumWeight(MAX_SHARED_BYTES)
          .<Behind, EventPage>weigher((_, page) -> page.bytes().length)
          .expireAfterWrite(SHARED_FOR)
          .build();

  EventPages(Messages messages, JsonMapper json) {
    this.messages = messages;
    this.json = json;
  }

  private record Behind(Chats.Place chat, long position) {}

  /**
   * What follows a position in a chat.
   *
   * @return null if there is nothing yet
   * @throws RuntimeException from Spring's hierarchies if MySQL does not answer
   */
  @Nullable EventPage next(ChatWatch watch, long position) throws InterruptedException {
    watch.reading().lockInterruptibly();
    try {
      long said = watch.highest();
      if (said <= position) {
        return null;
      }
      Behind behind = new Behind(watch.chat(), position);
      EventPage page = shared.getIfPresent(behind);
      if (page == null) {
        page = read(behind);
        if (page == null) {
          watch.retract(said, position);
        } else {
          shared.put(behind, page);
        }
      }
      return page;
    } finally {
      watch.reading().unlock();
    }
  }

  private @Nullable EventPage read(Behind behind) throws InterruptedException {
    List<MessageView> found;
    reads.acquire();
    try {
      found = messages.behind(behind.chat(), behind.position(), MAX_MESSAGES);
    } finally {
      reads.release();
    }
    if (found.isEmpty()) {
      return null;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int count = 0;
    while (count < found.size() && bytes.size() < MAX_BYTES) {
      MessageView message = found.get(count++);
      bytes.writeBytes(
          "id: %d\ndata: %s\n\n"
              .formatted(message.number(), json.writeValueAsString(message))
              .getBytes(StandardCharsets.UTF_8));
    }
    return new EventPage(
        bytes.toByteArray(), found.get(count - 1).number(), count, found.getFirst().createdAt());
  }
}
