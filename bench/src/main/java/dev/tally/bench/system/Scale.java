package dev.tally.bench.system;

import java.time.Duration;
import java.util.List;

/**
 * The durations and amounts of a run.
 *
 * @param rounds the number of rounds of a measurement
 * @param fewRounds the number of rounds of a measurement that takes long
 * @param round the duration of a round; a warm-up takes two or more, each rate of lags ten
 * @param warmUps the most rounds that are added to a warm-up while a server gets faster
 * @param drainMessages the number of messages in a full queue; a twentieth is written one by one
 * @param chatMessages the number of messages in the long chat that is read; ten times that of
 *     search
 * @param chats the numbers of chats of the growth steps, each chat with ten messages
 */
public record Scale(
    int rounds,
    int fewRounds,
    Duration round,
    int warmUps,
    int drainMessages,
    int chatMessages,
    List<Integer> chats) {

  public static final Scale FULL = full(List.of(1_000, 100_000));

  /** With a last step of a million chats, which take a long time to load. */
  public static final Scale LARGE = full(List.of(1_000, 100_000, 1_000_000));

  /** Only shows that everything runs. Its figures mean nothing. */
  public static final Scale QUICK =
      new Scale(1, 1, Duration.ofSeconds(1), 0, 5_000, 20_000, List.of(100, 1_000));

  private static Scale full(List<Integer> chats) {
    return new Scale(5, 3, Duration.ofSeconds(3), 8, 100_000, 1_000_000, chats);
  }
}
