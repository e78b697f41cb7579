package dev.tally.worker.numbers;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Knows the apps and chats that are deleted by now, also for a caller that reads in a snapshot.
 * Nothing need be left of what was in them. Nothing that is deleted comes back.
 */
@Component
public final class DeletedParents {

  private static final String APP =
      """
      SELECT COUNT(*) FROM apps WHERE token = :app AND deleted_at IS NOT NULL""";

  private static final String CHAT =
      """
      SELECT COUNT(*) FROM apps a
      LEFT JOIN chats c ON c.app_id = a.id AND c.number = :chat
      WHERE a.token = :app AND (a.deleted_at IS NOT NULL OR c.deleted_at IS NOT NULL)""";

  private static final String CHAT_BY_KEY =
      """
      SELECT COUNT(*) FROM apps a
      LEFT JOIN chats c ON c.app_id = a.id AND c.number = :chat
      WHERE a.id = :app AND (a.deleted_at IS NOT NULL OR c.deleted_at IS NOT NULL)""";

  private final JdbcClient jdbc;
  private final TransactionTemplate outsideOfSnapshot;

  DeletedParents(JdbcClient jdbc, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.outsideOfSnapshot = new TransactionTemplate(transactions);
    this.outsideOfSnapshot.setPropagationBehavior(TransactionDefinition.PROPAGATION_NOT_SUPPORTED);
  }

  /** Whether an app is deleted; or a chat, or its app. */
  public boolean has(Parent parent) {
    return switch (parent) {
      case Parent.App(AppToken app) -> has(app);
      case Parent.Unnumbered(AppToken app) -> has(app);
      case Parent.Chat(ChatName chat) -> has(chat);
      case Parent.Changes(ChatName chat) -> has(chat);
    };
  }

  private boolean has(AppToken app) {
    return isAny(APP, Map.of("app", app.value()));
  }

  /** Whether a chat is deleted, or its app. */
  public boolean has(ChatName chat) {
    return isAny(CHAT, Map.of("app", chat.app().value(), "chat", chat.number()));
  }

  /** Whether a chat is deleted, or its app. */
  public boolean has(ChatKey chat) {
    return isAny(CHAT_BY_KEY, Map.of("app", chat.appId(), "chat", chat.number()));
  }

  private boolean isAny(String sql, Map<String, Object> parameters) {
    return outsideOfSnapshot.execute(
        _ -> jdbc.sql(sql).params(parameters).query(Long.class).single() > 0);
  }
}
