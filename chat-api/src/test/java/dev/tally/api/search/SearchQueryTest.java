package dev.tally.api.search;

import static org.assertj.core.api.Assertions.assertThat;

import co.elastic.clients.elasticsearch._types.FieldValue;
import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.json.jackson.Jackson3JsonpMapper;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.search.AppDigest;
import jakarta.json.stream.JsonGenerator;
import java.io.StringWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SearchQueryTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final ChatName CHAT = new ChatName(new AppToken("a".repeat(32)), 1);

  private static final String QUERY =
      """
      {"bool": {
        "filter": [{"term": {"digest": {"value": "DIGEST"}}}, {"term": {"chat": {"value": 1}}}],
        "must": [WORDS]
      }}""";

  private static final String EXACT_OR_BEGINNING =
      """
      {"dis_max": {"tie_breaker": 0.0, "queries": [
        {"constant_score": {"boost": 1090.0, "filter": {
          "match": {"body": {"query": "WORD", "operator": "and"}}}}},
        {"constant_score": {"boost": 1089.0, "filter": {
          "match_bool_prefix": {"body": {"query": "WORD", "operator": "and"}}}}}
      ]}}""";

  private static final String EXACT_OR_BEGINNING_OR_TYPO =
      """
      {"dis_max": {"tie_breaker": 0.0, "queries": [
        {"constant_score": {"boost": 1090.0, "filter": {
          "match": {"body": {"query": "WORD", "operator": "and"}}}}},
        {"constant_score": {"boost": 1089.0, "filter": {
          "match_bool_prefix": {"body": {"query": "WORD", "operator": "and"}}}}},
        {"constant_score": {"boost": 1.0, "filter": {
          "match": {"body": {"query": "WORD", "operator": "and",
            "fuzziness": "AUTO:5,8", "prefix_length": 1, "fuzzy_rewrite": "constant_score"}}}}}
      ]}}""";

  private static final String BEST_FIRST =
      """
      [{"_score": {"order": "desc"}}, {"number": {"order": "asc"}}]""";

  private static final String NEWEST_FIRST =
      """
      [{"number": {"order": "desc"}}]""";

  @Test
  void aWordScoresByItsBestTier() {
    JsonNode request = request("hello wörld", SearchOrder.RELEVANCE, false, null);

    assertThat(request.path("query"))
        .isEqualTo(
            query(
                EXACT_OR_BEGINNING.replace("WORD", "hello"),
                EXACT_OR_BEGINNING.replace("WORD", "wörld")));
    assertThat(request.path("sort")).isEqualTo(JSON.readTree(BEST_FIRST));
    assertThat(request.has("search_after")).isFalse();
    assertThat(highlight(request)).contains("hello", "wörld").doesNotContain("fuzziness");
  }

  @Test
  void typosAreFoundInWordsThatAllowThem() {
    JsonNode request = request("hello ordr order66", SearchOrder.RELEVANCE, true, null);

    assertThat(request.path("query"))
        .isEqualTo(
            query(
                EXACT_OR_BEGINNING_OR_TYPO.replace("WORD", "hello"),
                EXACT_OR_BEGINNING.replace("WORD", "ordr"),
                EXACT_OR_BEGINNING.replace("WORD", "order66")));
    assertThat(highlight(request)).contains("fuzziness");
  }

  @Test
  void theNextHitsFollowARankAndANumber() {
    SearchCursor after = new SearchCursor(SearchOrder.RELEVANCE, false, 2_179, 17);
    JsonNode request = request("hello wörld", SearchOrder.RELEVANCE, false, after);

    assertThat(request.path("sort")).isEqualTo(JSON.readTree(BEST_FIRST));
    assertThat(request.path("search_after")).isEqualTo(JSON.readTree("[2179.0, 17]"));
  }

  @Test
  void theNextHitsOfTheNewestFollowANumber() {
    SearchCursor after = new SearchCursor(SearchOrder.NEWEST, false, 0, 17);
    JsonNode request = request("hello", SearchOrder.NEWEST, false, after);

    assertThat(request.path("query")).isEqualTo(query(EXACT_OR_BEGINNING.replace("WORD", "hello")));
    assertThat(request.path("sort")).isEqualTo(JSON.readTree(NEWEST_FIRST));
    assertThat(request.path("search_after")).isEqualTo(JSON.readTree("[17]"));
  }

  @Test
  void aCursorHasTheValuesOfTheSort() {
    FieldValue number = FieldValue.of(17);

    assertThat(
            SearchQuery.cursor(
                SearchOrder.RELEVANCE, true, List.of(FieldValue.of(2_179.0), number)))
        .isEqualTo(new SearchCursor(SearchOrder.RELEVANCE, true, 2_179, 17));
    assertThat(SearchQuery.cursor(SearchOrder.NEWEST, false, List.of(number)))
        .isEqualTo(new SearchCursor(SearchOrder.NEWEST, false, 0, 17));
  }

  private static JsonNode request(
      String q, SearchOrder order, boolean typos, @Nullable SearchCursor after) {
    SearchRequest request =
        SearchQuery.request("index", CHAT, SearchWords.of(q), order, typos, after, /* size= */ 51);
    assertThat(request.index()).containsExactly("index");
    Jackson3JsonpMapper mapper = new Jackson3JsonpMapper();
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = mapper.jsonProvider().createGenerator(text)) {
      request.serialize(generator, mapper);
    }
    return JSON.readTree(text.toString());
  }

  private static JsonNode query(String... words) {
    return JSON.readTree(
        QUERY
            .replace("DIGEST", AppDigest.of(CHAT.app()).value())
            .replace("WORDS", String.join(",", words)));
  }

  private static String highlight(JsonNode request) {
    return request.path("highlight").toString();
  }
}
