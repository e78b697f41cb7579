package dev.tally.api.chat;

import dev.tally.api.app.Apps;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.time.Duration;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Makes the 404 for a chat or message that has no row, and the 410 for what is deleted and all that
 * is in it. The answer names the first part that does not exist: the app, the chat, then the
 * message.
 *
 * <p>Numbers are persisted in order. So a number below a persisted one that has no row itself was
 * given out, and no worker is about to persist it: its job became a dead letter, or is gone.
 *
 * <p>Above that, the counters in Redis tell a number that is not persisted yet from one that does
 * not exist. Without Redis, both get the plain 404.
 */
@Component
public class Missing {

  private static final Logger log = LoggerFactory.getLogger(Missing.class);

  private final Apps apps;
  private final ChatRows chats;
  private final StringRedisTemplate redis;
  private final RedisLayout layout;

  Missing(Apps apps, ChatRows chats, StringRedisTemplate redis, RedisLayout layout) {
    this.apps = apps;
    this.chats = chats;
    this.redis = redis;
    this.layout = layout;
  }

  /** Makes the answer for a chat that has no row, or is deleted. */
  ProblemException chat(ChatName chat) {
    // If the app is missing or deleted, this says so.
    apps.get(chat.app());
    if (chats.isDeleted(chat)) {
      return ProblemException.chatDeleted();
    }
    if (chats.isPassed(chat)) {
      return ProblemException.of(
          ProblemType.CHAT_SET_ASIDE, "The chat was accepted and could not be persisted.");
    }
    return isGivenOut(chat, keys -> keys.chats(chat.app()), chat.number())
        ? notPersistedYet("The chat was accepted and is not persisted yet: ask again.")
        : ProblemException.chatNotFound();
  }

  /** Makes the answer for a message that has no row, or whose chat is deleted. */
  public ProblemException message(MessageName message) {
    ChatName chat = message.chat();
    if (chats.key(chat).isEmpty()) {
      return chat(chat);
    }
    if (chats.isPassed(message)) {
      return ProblemException.of(
          ProblemType.MESSAGE_SET_ASIDE, "The message was accepted and could not be persisted.");
    }
    return isGivenOut(chat, keys -> keys.messages(chat), message.number())
        ? notPersistedYet("The message was accepted and is not persisted yet: ask again.")
        : ProblemException.messageNotFound();
  }

  private static ProblemException notPersistedYet(String detail) {
    return ProblemException.retryable(ProblemType.NOT_PERSISTED_YET, detail, Duration.ofSeconds(1));
  }

  private boolean isGivenOut(ChatName chat, Function<PartitionKeys, String> counter, long number) {
    if (number == Numbers.NONE) {
      return false;
    }
    try {
      PartitionKeys keys = layout.partitions().of(chat.app());
      String highest =
          redis.<String, String>opsForHash().get(counter.apply(keys), PartitionKeys.NUMBERS);
      return highest != null && Long.parseLong(highest) >= number;
    } catch (DataAccessException | NumberFormatException e) {
      log.debug("Redis did not say whether a number was given out: {}", LoggedFault.line(e));
      return false;
    }
  }
}
