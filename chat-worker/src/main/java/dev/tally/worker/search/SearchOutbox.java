package dev.tally.worker.search;

import java.util.List;

public final class SearchOutbox {
  public record Range(
      int partition, long applicationId, long chat, long firstNumber, long lastNumber) {}

  public void append(List<Range> ranges) {}

  public void wake(int partition) {}
}
