package dev.tally.api.stream;

import org.springframework.stereotype.Component;

/** Figures on this API's streams, for the operations page. */
@Component
public final class StreamActivity {

  private final Streams streams;
  private final HintListener hints;

  StreamActivity(Streams streams, HintListener hints) {
    this.streams = streams;
    this.hints = hints;
  }

  public int openStreams() {
    return streams.open();
  }

  /** The number of persisted messages that workers have announced since this service started. */
  public long persistedMessages() {
    return hints.messages();
  }
}
