package dev.tally.api.search;

import dev.tally.common.identity.Numbers;
import dev.tally.common.web.problem.ProblemException;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * The end of a page of hits. It says nothing of other messages than the hit at that end, and means
 * the same whatever is written meanwhile.
 *
 * @param order the order of the hits
 * @param typos whether the search finds words with typos, as its first page decided
 * @param rank the last hit's rank, the sum of its {@link Tier} scores; 0 if the order is {@link
 *     SearchOrder#NEWEST}, which has no ranks
 * @param number the last hit's number
 */
record SearchCursor(SearchOrder order, boolean typos, int rank, long number) {

  private static final int LENGTH = 1 + 1 + Integer.BYTES + Long.BYTES;
  private static final byte FORMAT = 1;

  private static final int TYPOS = 1;
  private static final int NEWEST = 2;

  /** Older APIs gave out cursors of a score and a number, 8 bytes each. */
  private static final int OLDER_LENGTH = 16;

  /**
   * Encodes the cursor for clients, as 14 bytes in base64url: a byte each for the format and the
   * flags, then rank and number.
   */
  String encode() {
    int flags = (typos ? TYPOS : 0) | (order == SearchOrder.NEWEST ? NEWEST : 0);
    byte[] bytes =
        ByteBuffer.allocate(LENGTH)
            .put(FORMAT)
            .put((byte) flags)
            .putInt(rank)
            .putLong(number)
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param order the order that the request asks for
   * @throws ProblemException 400 if the text is no such cursor, or is one of another order or of an
   *     older version
   */
  static SearchCursor decode(String text, SearchOrder order) {
    ByteBuffer bytes = bytes(text);
    if (bytes.remaining() == OLDER_LENGTH) {
      // Its score says nothing of tiers, and depends on other messages.
      throw ProblemException.malformed(
          "after is the cursor of an older version: search again from the first page.");
    }
    if (bytes.remaining() != LENGTH || bytes.get() != FORMAT) {
      throw noCursor();
    }
    int flags = bytes.get();
    SearchCursor cursor =
        new SearchCursor(
            (flags & NEWEST) == 0 ? SearchOrder.RELEVANCE : SearchOrder.NEWEST,
            (flags & TYPOS) != 0,
            bytes.getInt(),
            bytes.getLong());
    if ((flags & ~(TYPOS | NEWEST)) != 0 || !cursor.isPossible()) {
      throw noCursor();
    }
    if (cursor.order != order) {
      throw ProblemException.malformed("after is a cursor of another order.");
    }
    return cursor;
  }

  private static ByteBuffer bytes(String text) {
    try {
      return ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      // Text that is not base64 gets the same 400 as any other that is no cursor.
      throw noCursor();
    }
  }

  private boolean isPossible() {
    boolean hasRank =
        switch (order) {
          case RELEVANCE -> rank >= 1 && rank <= Tier.HIGHEST_RANK;
          case NEWEST -> rank == 0;
        };
    return hasRank && number >= 1 && number <= Numbers.HIGHEST;
  }

  private static ProblemException noCursor() {
    return ProblemException.malformed("after is no cursor of a search.");
  }
}
