package dev.tally.api.search;

import co.elastic.clients.elasticsearch._types.FieldValue;
import co.elastic.clients.elasticsearch._types.SortOrder;
import co.elastic.clients.elasticsearch._types.query_dsl.BoolQuery;
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
 * <p>A word matches exactly (which scores highest), as the beginning of a word, or with one or two
 * typos, depending on its length ({@code fuzziness: AUTO}). Elasticsearch does not index
 * punctuation: it does not affect the words beside it, and a search for punctuation finds nothing.
 *
 * <p>A deleted message has a document without text. No search may find it, so each word must be
 * found in the text: no query may match by its filters alone.
 */
final class SearchQuery {

  private static final String INDEX = "tally-messages";
  private static final float EXACT_BOOST = 4;
  private static final float PREFIX_BOOST = 2;
  private static final int MAX_EXPANSIONS = 50;

  /** Marking a word takes Elasticsearch a millisecond in a long message. */
  private static final int MOST_MARKED = 8;

  private SearchQuery() {}

  /** The request for the next hits of a search, best first. */
  static SearchRequest request(
      ChatName chat, SearchWords words, @Nullable SearchCursor after, int size) {
    // The id of the app's row does not serve: AppDigest says why.
    AppDigest app = AppDigest.of(chat.app());
    SearchRequest.Builder request = new SearchRequest.Builder();
    request
        .index(INDEX)
        .routing(app.value())
        .size(size)
        .timeout("4s")
        .trackTotalHits(total -> total.enabled(false))
        .source(source -> source.filter(filter -> filter.includes("number", "body")))
        .query(query(app, chat, words))
        .sort(sort -> sort.score(score -> score.order(SortOrder.Desc)))
        .sort(sort -> sort.field(field -> field.field("number").order(SortOrder.Asc)))
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
                                        .highlightQuery(highlighted(words))))));
    if (after != null) {
      request.searchAfter(FieldValue.of(after.score()), FieldValue.of(after.number()));
    }
    return request.build();
  }

  private static Query query(AppDigest app, ChatName chat, SearchWords words) {
    BoolQuery.Builder query = new BoolQuery.Builder();
    query.filter(term("digest", FieldValue.of(app.value())));
    query.filter(term("chat", FieldValue.of(chat.number())));
    for (String word : words.words()) {
      query.must(word(word));
    }
    return query.build()._toQuery();
  }

  /**
   * The query that marks words in a hit. The search's own query cannot do that: it finds the
   * beginnings of words in a field that no highlighter reads. Elasticsearch does not analyze
   * wildcards, so this folds them here, roughly as the analyzer does.
   */
  private static Query highlighted(SearchWords words) {
    BoolQuery.Builder query = new BoolQuery.Builder();
    int left = MOST_MARKED;
    for (String word : words.words()) {
      List<String> parts = SearchWords.parts(word);
      if (parts.size() <= left) {
        query.should(word(word));
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

  private static Query word(String word) {
    return Query.of(
        query ->
            query.bool(
                bool ->
                    bool.minimumShouldMatch("1")
                        .should(
                            exact ->
                                exact.match(
                                    match ->
                                        match
                                            .field("body")
                                            .query(word)
                                            .operator(Operator.And)
                                            .boost(EXACT_BOOST)))
                        .should(
                            prefix ->
                                prefix.matchBoolPrefix(
                                    match ->
                                        match
                                            .field("body")
                                            .query(word)
                                            .operator(Operator.And)
                                            .boost(PREFIX_BOOST)))
                        .should(
                            typo ->
                                typo.match(
                                    match ->
                                        match
                                            .field("body")
                                            .query(word)
                                            .operator(Operator.And)
                                            .fuzziness("AUTO")
                                            .prefixLength(1)
                                            .maxExpansions(MAX_EXPANSIONS)))));
  }
}
