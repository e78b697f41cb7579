package dev.tally.api.stream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tally.api.change.FollowedChanges;
import dev.tally.api.message.MessageView;
import dev.tally.api.message.Messages;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the pages that streams send. Streams of a chat at the same position share a read while an
 * announcement reaches all of them. Messages change, so a stream never gets a page that was read
 * before the stream was opened, and no page is shared for longer than a second. A page of a stream
 * with changes has what came until one moment: a change never comes before its message.
 *
 * <p>All streams together use at most {@value #MAX_READS} connections to MySQL, and leave the
 * others to other requests.
 */
@Component
final class EventPages {

  /** The most messages of a page, and the most changes. */
  private static final int MAX_ROWS = 100;

  /**
   * The size at which a page ends; its last event may exceed it. A slow client costs this much
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

  /**
   * The key of a shared page. Positions say whether there are changes.
   *
   * @param after the position before the page
   */
  private record Place(ChatName chat, Position after) {}

  private final Messages messages;
  private final FollowedChanges changes;
  private final JsonMapper json;

  /**
   * A change must not come before its message, so both are read as they were at one moment. It is
   * not marked as read-only: that could lead to a replica that lags.
   */
  private final TransactionTemplate snapshot;

  private final Semaphore connections = new Semaphore(MAX_READS, true);

  /** How many reads have begun, of any chat. */
  private final AtomicLong reads = new AtomicLong();

  private final Cache<Place, Read> shared =
      Caffeine.newBuilder()
          .maximumWeight(MAX_SHARED_BYTES)
          .<Place, Read>weigher((_, read) -> PAGE_OVERHEAD_BYTES + read.page().bytes().length)
          .expireAfterWrite(SHARED_FOR)
          .build();

  EventPages(
      Messages messages,
      FollowedChanges changes,
      JsonMapper json,
      PlatformTransactionManager transactions) {
    this.messages = messages;
    this.changes = changes;
    this.json = json;
    this.snapshot = new TransactionTemplate(transactions);
    snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
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
   * Reads what comes next in a chat. If what was announced cannot be read, this takes the
   * announcement back.
   *
   * @param position how far the stream has come
   * @param opened the moment at which the stream was opened. No page was read before it
   * @return null if nothing comes after the position yet
   * @throws RuntimeException from Spring's hierarchies if MySQL does not answer
   */
  @Nullable EventPage next(ChatWatch watch, Position position, long opened)
      throws InterruptedException {
    watch.reading().lockInterruptibly();
    try {
      ChatWatch.Announced announced = watch.announced();
      if (!announced.isAfter(position)) {
        return null;
      }
      Place place = new Place(watch.chat().name(), position);
      Read read = shared.getIfPresent(place);
      if (read == null || read.number() <= opened) {
        read = read(place);
        if (read == null) {
          watch.retract(announced, position);
          return null;
        }
        shared.put(place, read);
      }
      return read.page();
    } finally {
      watch.reading().unlock();
    }
  }

  private @Nullable Read read(Place place) throws InterruptedException {
    Long change = place.after().change();
    EventPage page;
    long number;
    connections.acquire();
    try {
      number = reads.incrementAndGet();
      page =
          change == null
              ? messages(place)
              : snapshot.execute(_ -> messagesAndChanges(place, change));
    } finally {
      connections.release();
    }
    return page == null ? null : new Read(number, page);
  }

  private @Nullable EventPage messages(Place place) {
    EventPage.Writer page = new EventPage.Writer(json, MAX_BYTES, place.after());
    page.addMessages(messagesAfter(place));
    return page.page();
  }

  /** Changes come when all messages have come, or one might be about a message that has not. */
  private @Nullable EventPage messagesAndChanges(Place place, long change) {
    EventPage.Writer page = new EventPage.Writer(json, MAX_BYTES, place.after());
    List<MessageView> found = messagesAfter(place);
    if (page.addMessages(found) && found.size() < MAX_ROWS) {
      page.addChanges(changes.after(place.chat(), change, MAX_ROWS));
    }
    return page.page();
  }

  private List<MessageView> messagesAfter(Place place) {
    return messages.after(new MessageName(place.chat(), place.after().message()), MAX_ROWS);
  }
}
