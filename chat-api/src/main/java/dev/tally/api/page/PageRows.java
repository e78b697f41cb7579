package dev.tally.api.page;

import dev.tally.common.identity.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.stereotype.Component;

/** Reads the rows of a page with only one of them in memory at a time. */
@Component
public class PageRows {

  /**
   * The most rows of one statement of a page. Connector/J reads and drops the rows that a full page
   * leaves over, with the longest messages 6 MB; a page of 1,000 short ones takes eight statements,
   * one of the default limit takes one. One that leaves out 5,000 tombstones takes forty.
   */
  private static final int SLICE = 128;

  /** Has one row in memory at a time. By default, Connector/J has all rows of a statement. */
  private final JdbcTemplate streaming;

  PageRows(DataSource dataSource) {
    this.streaming = new JdbcTemplate(dataSource);
    streaming.setFetchSize(Integer.MIN_VALUE);
  }

  /**
   * Reads the rows of a page, until its reader ends the reading.
   *
   * @param most the maximum number of rows; the page's {@link PageRequest#probe} if the page leaves
   *     none of them out
   * @param sql the statement for the page's order. Its last three parameters are the number before
   *     the first row, the number after the last one, and how many rows it returns
   * @param parameters those before
   * @param number the number of a row
   * @param reader takes each row; false ends the reading
   */
  public <T> void read(
      PageRequest page,
      int most,
      String sql,
      List<?> parameters,
      RowMapper<T> mapper,
      ToLongFunction<T> number,
      Predicate<T> reader) {
    long above = page.above();
    long below = page.below();
    int left = most;
    // A page that leaves no row out needs no more than these.
    int slice = Math.min(page.probe(), SLICE);
    while (left > 0) {
      List<Object> all = new ArrayList<>(parameters);
      all.addAll(List.of(above, below, slice));
      Long last = streaming.query(sql, slice(slice, mapper, number, reader), all.toArray());
      if (last == null || last == Numbers.NONE) {
        return;
      }
      if (page.descending()) {
        below = last;
      } else {
        above = last;
      }
      left -= slice;
      slice = Math.min(left, SLICE);
    }
  }

  /** Returns the number of the last row, or NONE if no further slice is to be read. */
  private static <T> ResultSetExtractor<Long> slice(
      int slice, RowMapper<T> mapper, ToLongFunction<T> number, Predicate<T> reader) {
    return rows -> {
      int read = 0;
      long last = Numbers.NONE;
      while (rows.next()) {
        T row = mapper.mapRow(rows, read);
        read++;
        if (!reader.test(row)) {
          return Numbers.NONE;
        }
        last = number.applyAsLong(row);
      }
      return read < slice ? Numbers.NONE : last;
    };
  }
}
