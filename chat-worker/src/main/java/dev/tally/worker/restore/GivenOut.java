package dev.tally.worker.restore;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.worker.numbers.Counters;
import dev.tally.worker.numbers.Counters.Counter;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The numbers that Redis has given out in an app: the chats' and, for each chat, the messages' and
 * the changes'.
 *
 * @param chats the highest number of a chat, 0 if Redis does not know
 * @param messages the highest number of a message in each chat from chat 1 on, 0 if Redis does not
 *     know
 * @param changes the same for the changes of each chat
 */
@SuppressWarnings("ArrayRecordComponent") // sixteen bytes a chat, and never compared
record GivenOut(long chats, long[] messages, long[] changes) {

  /** Names of counters held at once. */
  private static final int PAGE = 1_000;

  /**
   * Reads the counters of an app.
   *
   * @param persisted the highest chat in MySQL: Redis may know fewer
   * @param most the highest chat that there may be: a higher counter is one that somebody wrote to
   */
  static GivenOut of(
      AppToken app, PartitionKeys keys, long persisted, long most, Counters counters) {
    long chats = Math.min(most, counters.read(keys.chats(app)).highest());
    int known = Math.toIntExact(Math.max(chats, persisted));
    long[] messages = new long[known];
    long[] changes = new long[known];
    for (int done = 0; done < known; done += PAGE) {
      int end = Math.min(known, done + PAGE);
      List<Counter> page =
          counters.read(
              LongStream.rangeClosed(done + 1L, end)
                  .mapToObj(chat -> keys.messages(new ChatName(app, chat)))
                  .toList());
      for (int i = done; i < end; i++) {
        messages[i] = page.get(i - done).highest();
        changes[i] = page.get(i - done).highestChange();
      }
    }
    return new GivenOut(chats, messages, changes);
  }
}
