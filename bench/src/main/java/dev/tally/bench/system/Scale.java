package dev.tally.bench.system;

import java.time.Duration;

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
 * @param fewChats the number of chats that growth begins with, each chat with ten messages
 * @param manyChats the number of chats that it ends with
 */
public record Scale(
    int rounds,
    int fewRounds,
    Duration round,
    int warmUps,
    int drainMessages,
    int chatMessages,
    int fewChats,
    int manyChats) {

  public static final Scale FULL =
      new Scale(5, 3, Duration.ofSeconds(3), 8, 100_000, 1_000_000, 1_000, 100_000);

  /** Only shows that everything runs. Its figures mean nothing. */
  public static final Scale QUICK =
      new Scale(1, 1, Duration.ofSeconds(1), 0, 5_000, 20_000, 100, 1_000);
}
