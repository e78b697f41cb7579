package dev.tally.common.queue;

import org.jspecify.annotations.Nullable;

/** What a client changes in a chat itself. */
public sealed interface ChatChange {

  /**
   * Says something else of the chat, and keeps the rest.
   *
   * @param changesName false keeps the name
   * @param name null if it has none from now on
   * @param changesMetadata false keeps the metadata
   * @param metadata a JSON object without spaces; null if there is none from now on
   */
  record Edit(
      boolean changesName,
      @Nullable String name,
      boolean changesMetadata,
      @Nullable String metadata)
      implements ChatChange {}

  /** Deletes the chat for good, with all that was said in it; its number stays. */
  record Deletion() implements ChatChange {}
}
