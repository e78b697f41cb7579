package dev.tally.worker.restore;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.PartitionKeys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * The numbers that Redis has given out in an app: the chats' and, for each chat, the messages'.
 *
 * @param chats the highest number of a chat, 0 if Redis does not know
 * @param messages the highest number of a message in each chat from chat 1 on, 0 if Redis does not
 *     know
 */
@SuppressWarnings("ArrayRecordComponent") // eight bytes a chat, and never compared
record GivenOut(long chats, long... messages) {

  /** Counters read from Redis at once. */
  private static final int PAGE = 1_000;

  /**
   * Reads the counters of an app.
   *
   * @param persisted the highest chat in MySQL: Redis may know fewer
   * @param most the highest chat that there may be: a higher counter is one that somebody wrote to
   */
  static GivenOut of(
      AppToken app, PartitionKeys keys, long persisted, long most, StringRedisTemplate redis) {
    long chats = Math.min(most, read(List.of(keys.chats(app)), redis).getFirst());
    int known = Math.toIntExact(Math.max(chats, persisted));
    long[] messages = new long[known];
    for (int done = 0; done < known; done += PAGE) {
      int end = Math.min(known, done + PAGE);
      List<Long> page =
          read(
              LongStream.rangeClosed(done + 1L, end)
                  .mapToObj(chat -> keys.messages(new ChatName(app, chat)))
                  .toList(),
              redis);
      for (int i = done; i < end; i++) {
        messages[i] = page.get(i - done);
      }
    }
    return new GivenOut(chats, messages);
  }

  private static List<Long> read(List<String> counters, StringRedisTemplate redis) {
    byte[] numbers = utf8(PartitionKeys.NUMBERS);
    List<?> texts =
        redis.executePipelined(
            (RedisCallback<?>)
                connection -> {
                  counters.forEach(
                      counter -> connection.hashCommands().hGet(utf8(counter), numbers));
                  return null;
                });
    List<Long> highest = new ArrayList<>(counters.size());
    for (@Nullable Object text : texts) {
      highest.add(text == null ? 0 : Numbers.count((String) text).orElse(0));
    }
    return highest;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
