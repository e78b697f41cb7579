package dev.tally.worker.verify;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.redis.KeyScan;
import dev.tally.worker.erase.JobText;
import dev.tally.worker.idempotency.RequestRecords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Checks that nothing is left of deleted chats and apps whose erasure has ended: no rows, no names,
 * no metadata, and nothing in Redis. {@link SearchCheck} names their documents, as it does all
 * without a message.
 */
@Component
class DeletionsCheck {

  private static final String APPS_AFTER =
      """
      SELECT a.id, a.token,
             EXISTS (SELECT 1 FROM messages m WHERE m.app_id = a.id) AS messages,
             EXISTS (SELECT 1 FROM changes h WHERE h.app_id = a.id) AS changes,
             EXISTS (SELECT 1 FROM chats c WHERE c.app_id = a.id) AS chats,
             a.name <> '' AS name
      FROM apps a
      WHERE a.id > :after AND a.deleted_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM erasures e
                        WHERE e.app_id = a.id AND e.chat_number = 0 AND e.author = '')
      ORDER BY a.id LIMIT :limit""";

  private static final String CHATS_AFTER =
      """
      SELECT c.app_id, a.token, c.number,
             EXISTS (SELECT 1 FROM messages m
                     WHERE m.app_id = c.app_id AND m.chat_number = c.number) AS messages,
             EXISTS (SELECT 1 FROM changes h
                     WHERE h.app_id = c.app_id AND h.chat_number = c.number) AS changes,
             c.name IS NOT NULL AS name, c.metadata IS NOT NULL AS metadata
      FROM chats c JOIN apps a ON a.id = c.app_id
      WHERE (c.app_id > :app OR (c.app_id = :app AND c.number > :chat))
        AND c.deleted_at IS NOT NULL AND a.deleted_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM erasures e
                        WHERE e.app_id = c.app_id AND e.chat_number IN (0, c.number)
                          AND e.message_number = 0 AND e.author = '')
      ORDER BY c.app_id, c.number LIMIT :limit""";

  /** Apart from the others: the outbox has no index by chat. */
  private static final String OUTBOX =
      """
      SELECT DISTINCT a.token, o.chat_number
      FROM search_outbox o JOIN apps a ON a.id = o.app_id
      LEFT JOIN chats c ON c.app_id = o.app_id AND c.number = o.chat_number
      WHERE (a.deleted_at IS NOT NULL OR c.deleted_at IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM erasures e
                        WHERE e.app_id = o.app_id AND e.chat_number IN (0, o.chat_number)
                          AND e.message_number = 0 AND e.author = '')
      LIMIT :limit""";

  /** The app of a key in Redis. */
  private static final Pattern KEY_OF_APP = Pattern.compile("tally:\\{\\d+}:([0-9a-f]{32}):.*");

  private static final int PAGE = 1_000;

  private final JdbcClient jdbc;
  private final StringRedisTemplate redis;
  private final RedisLayout layout;
  private final KeyScan scan;
  private final DeadLetters letters;
  private final RequestRecords records;

  DeletionsCheck(
      JdbcClient jdbc,
      StringRedisTemplate redis,
      RedisLayout layout,
      KeyScan scan,
      DeadLetters letters) {
    this.jdbc = jdbc;
    this.redis = redis;
    this.layout = layout;
    this.scan = scan;
    this.letters = letters;
    this.records = new RequestRecords(redis);
  }

  /**
   * Checks what MySQL and Redis have by now.
   *
   * @throws org.springframework.dao.DataAccessException if MySQL or Redis does not answer
   */
  void run(Findings findings) {
    Set<AppToken> apps = apps(findings);
    Map<AppToken, Set<Long>> chats = chats(findings);
    jdbc.sql(OUTBOX)
        .param("limit", Findings.SHOWN)
        .query(
            row -> {
              ChatName chat = new ChatName(new AppToken(row.getString(1)), row.getLong(2));
              left(findings, new Parent.Chat(chat), "rows in the search outbox");
            });
    if (apps.isEmpty() && chats.isEmpty()) {
      return;
    }
    checkCountersAndRecords(chats, findings);
    checkKeys(apps, findings);
    checkLetters(apps, chats, findings);
  }

  private Set<AppToken> apps(Findings findings) {
    Set<AppToken> apps = new HashSet<>();
    long[] after = {0};
    int size = PAGE;
    while (size == PAGE) {
      List<AppToken> page =
          jdbc.sql(APPS_AFTER)
              .param("after", after[0])
              .param("limit", PAGE)
              .query(
                  (row, _) -> {
                    after[0] = row.getLong(1);
                    AppToken app = new AppToken(row.getString(2));
                    for (String what : List.of("messages", "changes", "chats", "name")) {
                      if (row.getBoolean(what)) {
                        left(findings, new Parent.App(app), what);
                      }
                    }
                    return app;
                  })
              .list();
      apps.addAll(page);
      size = page.size();
    }
    return apps;
  }

  private Map<AppToken, Set<Long>> chats(Findings findings) {
    Map<AppToken, Set<Long>> chats = new HashMap<>();
    long[] after = {0, 0};
    int size = PAGE;
    while (size == PAGE) {
      List<ChatName> page =
          jdbc.sql(CHATS_AFTER)
              .param("app", after[0])
              .param("chat", after[1])
              .param("limit", PAGE)
              .query(
                  (row, _) -> {
                    after[0] = row.getLong(1);
                    after[1] = row.getLong(3);
                    ChatName chat = new ChatName(new AppToken(row.getString(2)), after[1]);
                    for (String what : List.of("messages", "changes", "name", "metadata")) {
                      if (row.getBoolean(what)) {
                        left(findings, new Parent.Chat(chat), what);
                      }
                    }
                    return chat;
                  })
              .list();
      page.forEach(
          chat -> chats.computeIfAbsent(chat.app(), _ -> new HashSet<>()).add(chat.number()));
      size = page.size();
    }
    return chats;
  }

  private void checkCountersAndRecords(Map<AppToken, Set<Long>> chats, Findings findings) {
    chats.forEach(
        (app, numbers) -> {
          PartitionKeys keys = layout.partitions().of(app);
          Set<Long> recorded = new HashSet<>();
          for (String hash : records.hashes(keys, app)) {
            records.forEach(hash, record -> recorded.add(record.chat()));
          }
          for (long number : numbers) {
            Parent.Chat chat = new Parent.Chat(new ChatName(app, number));
            if (Boolean.TRUE.equals(redis.hasKey(chat.counter(keys)))) {
              left(findings, chat, "its counter");
            }
            if (recorded.contains(number)) {
              left(findings, chat, "idempotency records");
            }
          }
        });
  }

  private void checkKeys(Set<AppToken> apps, Findings findings) {
    if (apps.isEmpty()) {
      return;
    }
    List<AppToken> found = new ArrayList<>();
    scan.forEach(
        "tally:{*}:*",
        name -> {
          Matcher key = KEY_OF_APP.matcher(name);
          if (key.matches()) {
            AppToken.parse(key.group(1)).filter(apps::contains).ifPresent(found::add);
          }
        });
    found.stream().distinct().forEach(app -> left(findings, new Parent.App(app), "keys in Redis"));
  }

  private void checkLetters(Set<AppToken> apps, Map<AppToken, Set<Long>> chats, Findings findings) {
    letters.forEach(
        entry -> {
          String job = JobText.of(entry.letter());
          JobText.app(job)
              .filter(apps::contains)
              .ifPresent(app -> left(findings, new Parent.App(app), letter(entry)));
          JobText.chat(job)
              .filter(chat -> chats.getOrDefault(chat.app(), Set.of()).contains(chat.number()))
              .ifPresent(chat -> left(findings, new Parent.Chat(chat), letter(entry)));
        });
  }

  private static String letter(DeadLetters.Entry entry) {
    return "the dead letter " + entry.letter().id();
  }

  private static void left(Findings findings, Parent parent, String what) {
    findings.add("%s is erased, but has left %s".formatted(parent.name(), what));
  }
}
