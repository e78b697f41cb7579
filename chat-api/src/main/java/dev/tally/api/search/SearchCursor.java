package dev.tally.api.search;

import dev.tally.common.web.problem.ProblemException;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * The end of a page of hits. Hits are sorted by score, highest first, then by number, lowest first.
 *
 * @param score the last hit's score
 * @param number the last hit's number
 */
record SearchCursor(double score, long number) {

  /** Encodes the cursor for clients, as 16 bytes in base64url. */
  String encode() {
    byte[] bytes = ByteBuffer.allocate(16).putDouble(score).putLong(number).array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws ProblemException 400 if the text is not such a cursor
   */
  static SearchCursor decode(String text) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
      if (bytes.remaining() == 16) {
        SearchCursor cursor = new SearchCursor(bytes.getDouble(), bytes.getLong());
        if (Double.isFinite(cursor.score) && cursor.number > 0) {
          return cursor;
        }
      }
    } catch (IllegalArgumentException e) {
      // Text that is not base64 gets the same 400.
    }
    throw ProblemException.malformed("after is no cursor of a search.");
  }
}
