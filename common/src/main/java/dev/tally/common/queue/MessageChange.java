package dev.tally.common.queue;

import org.jspecify.annotations.Nullable;

/** What a client changes in a message. */
public sealed interface MessageChange {

  /**
   * Says something else, and keeps the rest.
   *
   * @param body null keeps the body
   * @param changesMetadata false keeps the metadata
   * @param metadata a JSON object without spaces; null if there is none from now on
   */
  record Edit(@Nullable String body, boolean changesMetadata, @Nullable String metadata)
      implements MessageChange {

    /** Says only this from now on. */
    public static Edit all(String body, @Nullable String metadata) {
      return new Edit(body, true, metadata);
    }
  }

  /** Deletes the message for good; its number stays. */
  record Deletion() implements MessageChange {}
}
