package dev.tally.api.stream;

import org.springframework.stereotype.Component;

/** What this API's streams tell to whoever looks on. */
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

  /** Messages that workers have told to be persisted, since this service started. */
  public long persistedMessages() {
    return hints.messages();
  }
}
