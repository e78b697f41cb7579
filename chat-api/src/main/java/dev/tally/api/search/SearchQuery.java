package dev.tally.api.search;

import co.elastic.clients.elasticsearch._types.FieldValue;
import co.elastic.clients.elasticsearch._types.SortOrder;
import co.elastic.clients.elasticsearch._types.query_dsl.BoolQuery;
import co.elastic.clients.elasticsearch._types.query_dsl.ConstantScoreQuery;
import co.elastic.clients.elasticsearch._types.query_dsl.DisMaxQuery;
import co.elastic.clients.elasticsearch._types.query_dsl.MatchBoolPrefixQuery;
import co.elastic.clients.elasticsearch._types.query_dsl.MatchQuery;
import co.elastic.clients.elasticsearch._types.query_dsl.Operator;
import co.elastic.clients.elasticsearch._types.query_dsl.Query;
import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.elasticsearch.core.search.HighlightField;
import co.elastic.clients.elasticsearch.core.search.HighlighterEncoder;
import co.elastic.clients.util.NamedValue;
import dev.tally.common.identity.ChatName;
import dev.tally.common.search.AppDigest;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes the requests to Elasticsearch. The client's text becomes a value in a query, and never a
 * part of the query's syntax.
 *
 * <p>A word matches exactly, as the beginning of a word, or with a typo if the request asks for
 * typos: one from five letters on, two from eight, none in the first letter. Elasticsearch does not
 * index punctuation: it does not affect the words beside it, and a search for punctuation finds
 * nothing.
 *
 * <p>What is found, and in which order, follows from the message and the search alone. All apps
 * share the index: a score that counts how rare a word is would show one app what others write, and
 * a cursor with such a score would move while they write. So each {@link Tier} has a constant
 * score. A query that takes only some of the matching terms, as a fuzzy one does by default, would
 * lose an app's words among those of others. So {@code fuzzy_rewrite} has it take all.
 *
 * <p>A deleted message has a document without text. No search may find it, so each word must be
 * found in the text: no query may match by its filters alone.
 */
final class SearchQuery {

  /** No typo below five letters, one up to seven, then two. */
  private static final String TYPOS = "AUTO:5,8";

  /** Marking a word takes Elasticsearch a millisecond in a long message. */
  private static final int MOST_MARKED = 8;

  private SearchQuery() {}

  /**
   * The request for the next hits of a search.
   *
   * @param index the name of the index
   * @param typos whether words match with typos, too
   * @param after the place of the last hit before these; null for the first hits
   */
  static SearchRequest request(
      String index,
      ChatName chat,
      SearchWords words,
      SearchOrder order,
      boolean typos,
      @Nullable SearchCursor after,
      int size) {
    // The id of the app's row does not serve: AppDigest says why.
    AppDigest app = AppDigest.of(chat.app());
    SearchRequest.Builder request = new SearchRequest.Builder();
    request
        .index(index)
        .routing(app.value())
        .size(size)
        .timeout("4s")
        .trackTotalHits(total -> total.enabled(false))
        .source(source -> source.filter(filter -> filter.includes("number", "body")))
        .query(query(app, chat, words, typos))
        .highlight(
            highlight ->
                highlight
                    .encoder(HighlighterEncoder.Html)
                    .fields(
                        NamedValue.of(
                            "body",
                            HighlightField.of(
                                field ->
                                    field
                                        .numberOfFragments(3)
                                        .fragmentSize(150)
                                        .highlightQuery(highlighted(words, typos))))));
    switch (order) {
      case RELEVANCE ->
          request
              .sort(sort -> sort.score(score -> score.order(SortOrder.Desc)))
              .sort(sort -> sort.field(field -> field.field("number").order(SortOrder.Asc)));
      case NEWEST ->
          request.sort(sort -> sort.field(field -> field.field("number").order(SortOrder.Desc)));
    }
    if (after != null) {
      request.searchAfter(place(after));
    }
    return request.build();
  }

  /** The values of the sort at a cursor. */
  private static List<FieldValue> place(SearchCursor cursor) {
    FieldValue number = FieldValue.of(cursor.number());
    return switch (cursor.order()) {
      case RELEVANCE -> List.of(FieldValue.of((double) cursor.rank()), number);
      case NEWEST -> List.of(number);
    };
  }

  /**
   * The cursor after a hit.
   *
   * @param sort the values of the sort that Elasticsearch returns with the hit
   */
  static SearchCursor cursor(SearchOrder order, boolean typos, List<FieldValue> sort) {
    int rank =
        switch (order) {
          case RELEVANCE -> (int) sort.getFirst().doubleValue();
          case NEWEST -> 0;
        };
    return new SearchCursor(order, typos, rank, sort.getLast().longValue());
  }

  private static Query query(AppDigest app, ChatName chat, SearchWords words, boolean typos) {
    BoolQuery.Builder query = new BoolQuery.Builder();
    query.filter(term("digest", FieldValue.of(app.value())));
    query.filter(term("chat", FieldValue.of(chat.number())));
    for (String word : words.words()) {
      query.must(word(word, typos));
    }
    return query.build()._toQuery();
  }

  /**
   * The query that marks words in a hit. The search's own query cannot do that: it finds the
   * beginnings of words in a field that no highlighter reads. Elasticsearch does not analyze
   * wildcards, so this folds them here, roughly as the analyzer does.
   */
  private static Query highlighted(SearchWords words, boolean typos) {
    BoolQuery.Builder query = new BoolQuery.Builder();
    int left = MOST_MARKED;
    for (String word : words.words()) {
      List<String> parts = SearchWords.parts(word);
      if (parts.size() <= left) {
        query.should(word(word, typos));
      }
      for (String part : parts.subList(0, Math.min(parts.size(), left))) {
        query.should(
            should ->
                should.wildcard(wildcard -> wildcard.field("body").value(folded(part) + "*")));
      }
      left -= parts.size();
      if (left <= 0) {
        break;
      }
    }
    return query.build()._toQuery();
  }

  private static String folded(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFD)
        .replaceAll("\\p{M}+", "")
        .toLowerCase(Locale.ROOT);
  }

  private static Query term(String field, FieldValue value) {
    return Query.of(query -> query.term(term -> term.field(field).value(value)));
  }

  /** Scores a word by the best tier that a message has it in. */
  private static Query word(String word, boolean typos) {
    DisMaxQuery.Builder tiers = new DisMaxQuery.Builder();
    tiers.tieBreaker(0.0);
    tiers.queries(tier(Tier.EXACT, exact(word)));
    tiers.queries(tier(Tier.BEGINNING, beginning(word)));
    if (typos && SearchWords.allowsTypos(word)) {
      tiers.queries(tier(Tier.TYPO, misspelt(word)));
    }
    return tiers.build()._toQuery();
  }

  private static Query tier(Tier tier, Query query) {
    return ConstantScoreQuery.of(score -> score.filter(query).boost((float) tier.score()))
        ._toQuery();
  }

  private static Query exact(String word) {
    return MatchQuery.of(match -> match.field("body").query(word).operator(Operator.And))
        ._toQuery();
  }

  private static Query beginning(String word) {
    return MatchBoolPrefixQuery.of(match -> match.field("body").query(word).operator(Operator.And))
        ._toQuery();
  }

  private static Query misspelt(String word) {
    return MatchQuery.of(
            match ->
                match
                    .field("body")
                    .query(word)
                    .operator(Operator.And)
                    .fuzziness(TYPOS)
                    .prefixLength(1)
                    .fuzzyRewrite("constant_score"))
        ._toQuery();
  }
}
