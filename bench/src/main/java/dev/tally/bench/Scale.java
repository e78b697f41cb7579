package dev.tally.bench;

import java.time.Duration;
import java.util.List;

/**
 * How long and how much.
 *
 * @param rounds how often each measurement is made
 * @param fewRounds how often one is made that takes long
 * @param round how long one lasts
 * @param warmUp how long each is run before it counts, at least
 * @param warmUps rounds that may be added until it gets no faster
 * @param connections how many are tried
 * @param drainMessages in a full queue
 * @param singleTransactions of a message each
 * @param chatMessages in a long chat that is read
 * @param searchMessages in a long chat that is searched
 * @param lag how long each rate is held whose lags are measured
 * @param chats how many chats there are, step by step, each with ten messages
 * @param workers how many drain, step by step
 */
record Scale(
    int rounds,
    int fewRounds,
    Duration round,
    Duration warmUp,
    int warmUps,
    List<Integer> connections,
    int drainMessages,
    int singleTransactions,
    int chatMessages,
    int searchMessages,
    Duration lag,
    List<Integer> chats,
    List<Integer> workers) {

  static final Scale FULL =
      new Scale(
          5,
          3,
          Duration.ofSeconds(3),
          Duration.ofSeconds(6),
          8,
          List.of(8, 32, 128),
          100_000,
          5_000,
          1_000_000,
          100_000,
          Duration.ofSeconds(30),
          List.of(1_000, 100_000),
          List.of(1, 2, 4));

  /** To see that everything runs. Its figures mean nothing. */
  static final Scale QUICK =
      new Scale(
          1,
          1,
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          0,
          List.of(32),
          5_000,
          100,
          20_000,
          1_000,
          Duration.ofSeconds(2),
          List.of(100, 1_000),
          List.of(1, 2));

  /** The same with a last step of a million chats, which takes a long time to load. */
  Scale large() {
    return new Scale(
        rounds,
        fewRounds,
        round,
        warmUp,
        warmUps,
        connections,
        drainMessages,
        singleTransactions,
        chatMessages,
        searchMessages,
        lag,
        List.of(1_000, 100_000, 1_000_000),
        workers);
  }
}
