package dev.tally.api.change;

import dev.tally.api.message.MessageView;
import dev.tally.api.message.Messages;
import dev.tally.common.identity.ChatName;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Reads the changes that streams send. */
@Service
public class FollowedChanges {

  private final ChangeRows rows;
  private final Messages messages;

  FollowedChanges(ChangeRows rows, Messages messages) {
    this.rows = rows;
    this.messages = messages;
  }

  /**
   * Reads the changes of a chat that come after one, in order, those without effect included. The
   * caller's transaction makes the changes and what they show one state.
   *
   * @param last the number of the change before the first; 0 begins at the chat's first change
   * @param limit the maximum number of changes
   */
  public List<FollowedChange> after(ChatName chat, long last, int limit) {
    List<ChangeView> changes = rows.after(chat, last, limit);
    Set<Long> numbers =
        changes.stream()
            .filter(FollowedChanges::isApplied)
            .map(ChangeView::messageNumber)
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    Map<Long, MessageView> changed = messages.of(chat, numbers);
    FollowedChange.Chat now =
        changes.stream().anyMatch(FollowedChanges::isEditOfChat) ? rows.chat(chat) : null;
    return changes.stream().map(change -> followed(change, changed, now)).toList();
  }

  private static FollowedChange followed(
      ChangeView change, Map<Long, MessageView> changed, FollowedChange.@Nullable Chat now) {
    Long message = change.messageNumber();
    return new FollowedChange(
        change,
        message != null && isApplied(change) ? changed.get(message) : null,
        isEditOfChat(change) ? now : null);
  }

  private static boolean isApplied(ChangeView change) {
    return change.effect().equals(FollowedChange.APPLIED);
  }

  private static boolean isEditOfChat(ChangeView change) {
    return isApplied(change) && change.messageNumber() == null && "edit".equals(change.kind());
  }
}
