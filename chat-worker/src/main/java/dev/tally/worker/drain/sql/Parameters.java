package dev.tally.worker.drain.sql;

import dev.tally.common.identity.ChatKey;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import tools.jackson.databind.json.JsonMapper;

/** Values as the drain's statements take them. */
public final class Parameters {

  private Parameters() {}

  /** A parameter that a statement reads as a JSON array. */
  public static String array(List<?> array) {
    return JsonMapper.shared().writeValueAsString(array);
  }

  /** The keys of children of chats as such an array: the app's id, the chat's number, their own. */
  public static String keys(SortedMap<ChatKey, List<Long>> numbers) {
    List<List<Long>> keys = new ArrayList<>();
    numbers.forEach(
        (chat, ofChat) ->
            ofChat.forEach(number -> keys.add(List.of(chat.appId(), chat.number(), number))));
    return array(keys);
  }

  /** A time as the columns have it. */
  public static LocalDateTime utc(Instant instant) {
    return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
  }
}
