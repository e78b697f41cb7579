package dev.tally.api.search;

/**
 * How well a message has a word of a search. The best tier that the word reaches counts.
 *
 * <p>A word scores 1,090 less the cost of its tier, and a message's rank is the sum over all words
 * of the search. A search has 32 words at most, so 32 beginnings (1 each) cost less than one typo
 * (33²): messages with fewer typos come first, then those with fewer beginnings. The cost 33 lies
 * between the two. It is kept for parts inside a word, which no search finds yet, so that a cursor
 * will still mean the same rank.
 *
 * <p>A rank follows from the message and the search alone. All ranks are whole numbers below 2²⁴,
 * so Elasticsearch adds them up exactly, and a cursor can name one.
 */
enum Tier {
  /** The message has the word as it is, apart from case and accents. */
  EXACT(0),
  /** A word of the message begins with it. */
  BEGINNING(1),
  /** A word of the message differs from it by a typo. */
  TYPO(1_089);

  private static final int HIGHEST_SCORE = 1_090;

  /** The highest rank that a message can have. */
  static final int HIGHEST_RANK = SearchWords.MAX_WORDS * HIGHEST_SCORE;

  private final int cost;

  Tier(int cost) {
    this.cost = cost;
  }

  /** What a word in this tier adds to the rank of a message. */
  int score() {
    return HIGHEST_SCORE - cost;
  }
}
