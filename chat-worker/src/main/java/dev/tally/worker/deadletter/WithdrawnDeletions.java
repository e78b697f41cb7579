package dev.tally.worker.deadletter;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.ChatChange;
import dev.tally.common.queue.Job;
import dev.tally.worker.numbers.DeletedParents;
import java.util.List;
import java.util.Objects;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Opens chats again whose deletion was accepted and never persisted; runs {@code
 * lua/withdraw-deletion.lua}. Redis refuses all writes to a chat from the moment that its deletion
 * is accepted.
 */
final class WithdrawnDeletions {

  private static final RedisScript<Long> WITHDRAW =
      RedisScript.of(new ClassPathResource("lua/withdraw-deletion.lua"), Long.class);

  private final DeletedParents deleted;
  private final StringRedisTemplate redis;
  private final RedisLayout layout;

  WithdrawnDeletions(DeletedParents deleted, StringRedisTemplate redis, RedisLayout layout) {
    this.deleted = deleted;
    this.redis = redis;
    this.layout = layout;
  }

  /**
   * Opens the chat of a change again, if the change is a deletion that is to be dropped. May be
   * repeated.
   *
   * @return false if there is nothing to open: another deletion may have got through, or Redis may
   *     have lost the mark
   * @throws org.springframework.dao.DataAccessException if MySQL or Redis does not answer
   */
  boolean withdraw(Job.Change change) {
    if (!(change instanceof Job.ChangedChat deletion
        && deletion.change() instanceof ChatChange.Deletion)) {
      return false;
    }
    ChatName chat = deletion.chat();
    if (deleted.has(chat)) {
      return false;
    }
    String counter = new Parent.Chat(chat).counter(layout.partitions().of(chat.app()));
    Long withdrawn =
        redis.execute(WITHDRAW, List.of(counter), Long.toString(deletion.number())); // number
    return Objects.equals(withdrawn, 1L);
  }
}
