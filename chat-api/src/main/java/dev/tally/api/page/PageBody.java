package dev.tally.api.page;

import dev.tally.api.answer.Answer;
import dev.tally.api.answer.Answers;
import dev.tally.common.identity.AppToken;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * A page that grows item by item, as a plain JSON array. It is full with the requested number of
 * items or with {@value #MAX_BYTES} bytes, whichever comes first, but it has at least one item if
 * there is one.
 */
public final class PageBody<T> implements AutoCloseable {

  /** The longest page, unless its only item is longer. */
  public static final int MAX_BYTES = 1024 * 1024;

  private static final byte[] OPEN = {'['};
  private static final byte[] COMMA = {','};
  private static final byte[] CLOSE = {']'};

  private final Answers answers;
  private final Answer answer;
  private final int limit;
  private int items;
  private @Nullable T last;
  private boolean more;

  private PageBody(Answers answers, Answer answer, int limit) {
    this.answers = answers;
    this.answer = answer;
    this.limit = limit;
  }

  /** Begins a page of an app's items. */
  public static <T> PageBody<T> of(Answers answers, AppToken app, int limit) {
    return new PageBody<>(answers, answers.begin(app), limit);
  }

  /** Begins a page of items that belong to no app. */
  public static <T> PageBody<T> of(Answers answers, int limit) {
    return new PageBody<>(answers, answers.begin(), limit);
  }

  /**
   * Adds an item, unless the page is full: then the item begins the next page.
   *
   * @return whether the page takes further items, as far as is known
   * @throws dev.tally.common.web.problem.ProblemException 503 if answers take too much memory
   */
  public boolean add(T item) {
    if (items == limit) {
      more = true;
      return false;
    }
    byte[] json = answers.encode(item);
    if (items > 0 && answer.length() + json.length + 2 > MAX_BYTES) {
      more = true;
      return false;
    }
    answer.add(items == 0 ? OPEN : COMMA);
    answer.add(json);
    items++;
    last = item;
    return true;
  }

  /** Adds items until the page is full. */
  public void addAll(List<T> found) {
    for (T item : found) {
      if (!add(item)) {
        return;
      }
    }
  }

  /**
   * Notes that the page ends after a row, and that items may follow the row.
   *
   * @param row the last row that was looked at, also one that the page leaves out
   */
  public void continuesAfter(T row) {
    more = true;
    last = row;
  }

  public boolean isEmpty() {
    return items == 0;
  }

  /**
   * Sends the page, with a {@code Link} if more items follow.
   *
   * @param next the query of the page after an item, or after a row that this page leaves out
   */
  public void send(Function<T, PageQuery> next, HttpServletResponse response) {
    if (items == 0) {
      answer.add(OPEN);
    }
    answer.add(CLOSE);
    if (more) {
      response.setHeader(HttpHeaders.LINK, next.apply(Objects.requireNonNull(last)).link());
    }
    answers.send(answer, response);
  }

  @Override
  public void close() {
    answer.close();
  }
}
