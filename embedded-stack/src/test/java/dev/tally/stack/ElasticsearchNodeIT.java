package dev.tally.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the node behaves like one of a distribution in all that Tally uses. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ElasticsearchNodeIT {

  private static final String INDEX =
      """
      {
        "settings": {
          "number_of_shards": 1,
          "number_of_replicas": 0,
          "analysis": {
            "char_filter": {
              "joints": {"type": "pattern_replace", "pattern": "[_X]", "flags": "CASE_INSENSITIVE", "replacement": " "}
            },
            "filter": {
              "both": {"type": "asciifolding", "preserve_original": true}
            },
            "analyzer": {
              "tally_text": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "asciifolding"]},
              "both": {"type": "custom", "tokenizer": "standard", "filter": ["both"]},
              "joints": {"type": "custom", "tokenizer": "standard", "char_filter": ["joints"], "filter": ["lowercase"]}
            },
            "normalizer": {
              "folded": {"type": "custom", "filter": ["lowercase", "asciifolding"]}
            }
          }
        },
        "aliases": {"messages-write": {"is_write_index": true}, "messages": {}},
        "mappings": {
          "dynamic": "strict",
          "_routing": {"required": true},
          "properties": {
            "app": {"type": "long"},
            "chat": {"type": "long"},
            "number": {"type": "long"},
            "body": {
              "type": "text",
              "analyzer": "tally_text",
              "index_prefixes": {"min_chars": 1, "max_chars": 10}
            }
          }
        }
      }
      """;

  private static final String MESSAGES =
      """
      {"index":{"_id":"7:1:1","routing":"7"}}
      {"app":7,"chat":1,"number":1,"body":"Hello from the Café, world"}
      {"index":{"_id":"7:1:2","routing":"7"}}
      {"app":7,"chat":1,"number":2,"body":"hello again, and goodbye"}
      {"index":{"_id":"7:2:1","routing":"7"}}
      {"app":7,"chat":2,"number":1,"body":"hello in another chat"}
      """;

  private EmbeddedStack stack;

  @BeforeAll
  void start(@TempDir Path data) throws Exception {
    stack = EmbeddedStack.start(new StackOptions(data, Map.of(ServerKind.ELASTICSEARCH, 0)));
    assertThat(http("PUT", "/messages-1", INDEX)).contains("\"acknowledged\":true");
    assertThat(http("POST", "/messages-write/_bulk?refresh=true&require_alias=true", MESSAGES))
        .contains("\"errors\":false");
  }

  @AfterAll
  void close() {
    stack.close();
  }

  private String http(String method, String path, String body) throws Exception {
    return Client.http(stack.elasticsearch(), method, path, body);
  }

  private String search(String query, String rest) throws Exception {
    return http(
        "POST",
        "/messages/_search?routing=7&filter_path=hits.hits._id,hits.hits.highlight,hits.hits.sort",
        """
        {"query": {"bool": {"filter": [{"term": {"app": 7}}, {"term": {"chat": 1}}], "must": [%s]}}%s}
        """
            .formatted(query, rest));
  }

  private String analyzed(String analyzer, String text) throws Exception {
    return http(
        "POST",
        "/messages-1/_analyze?filter_path=tokens.token",
        "{\"analyzer\": \"%s\", \"text\": \"%s\"}".formatted(analyzer, text));
  }

  @Test
  void isHealthyWithOneNode() throws Exception {
    assertThat(http("GET", "/_cluster/health", ""))
        .contains("\"status\":\"green\"", "\"number_of_nodes\":1");
  }

  @Test
  void foldsAccents() throws Exception {
    assertThat(analyzed("tally_text", "Crème ŒUVRE"))
        .isEqualTo("{\"tokens\":[{\"token\":\"creme\"},{\"token\":\"oeuvre\"}]}");
    assertThat(search("{\"match\": {\"body\": \"CAFE\"}}", "")).contains("7:1:1");
    assertThat(search("{\"match\": {\"body\": \"câfé\"}}", "")).contains("7:1:1");
  }

  @Test
  void foldingMayKeepTheOriginal() throws Exception {
    assertThat(analyzed("both", "é"))
        .isEqualTo("{\"tokens\":[{\"token\":\"e\"},{\"token\":\"é\"}]}");
  }

  @Test
  void foldsInNormalizers() throws Exception {
    assertThat(
            http(
                "POST",
                "/messages-1/_analyze?filter_path=tokens.token",
                "{\"normalizer\": \"folded\", \"text\": \"Ém\"}"))
        .isEqualTo("{\"tokens\":[{\"token\":\"em\"}]}");
  }

  @Test
  void replacesPatternsWithFlags() throws Exception {
    assertThat(analyzed("joints", "a_bxc"))
        .isEqualTo("{\"tokens\":[{\"token\":\"a\"},{\"token\":\"b\"},{\"token\":\"c\"}]}");
  }

  @Test
  void refusesAPatternReplacementWithoutAPattern() throws Exception {
    assertThat(
            http(
                "PUT",
                "/broken",
                """
                {"settings": {"analysis": {"char_filter": {"x": {"type": "pattern_replace"}},
                  "analyzer": {"x": {"type": "custom", "tokenizer": "standard", "char_filter": ["x"]}}}}}
                """))
        .contains("\"status\":400", "pattern is missing");
  }

  @Test
  void findsPrefixesByTheirIndex() throws Exception {
    String query =
        "{\"match_bool_prefix\": {\"body\": {\"query\": \"caf hel\", \"operator\": \"and\"}}}";
    assertThat(search(query.replace("caf hel", "cafe hel"), ""))
        .isEqualTo("{\"hits\":{\"hits\":[{\"_id\":\"7:1:1\"}]}}");
    assertThat(
            http(
                "POST",
                "/messages-1/_validate/query?explain=true",
                "{\"query\": {\"prefix\": {\"body\": \"hel\"}}}"))
        .contains("_index_prefix");
  }

  @Test
  void toleratesTypos() throws Exception {
    assertThat(
            search("{\"match\": {\"body\": {\"query\": \"godbye\", \"fuzziness\": \"AUTO\"}}}", ""))
        .isEqualTo("{\"hits\":{\"hits\":[{\"_id\":\"7:1:2\"}]}}");
  }

  @Test
  void highlights() throws Exception {
    assertThat(
            search(
                "{\"match\": {\"body\": \"cafe\"}}",
                ", \"highlight\": {\"type\": \"unified\", \"fields\": {\"body\": {}}}"))
        .contains("Hello from the <em>Café</em>, world");
  }

  @Test
  void continuesAfterAHit() throws Exception {
    String sort = ", \"size\": 1, \"sort\": [\"_score\", {\"number\": \"asc\"}]";
    String query = "{\"constant_score\": {\"filter\": {\"match\": {\"body\": \"hello\"}}}}";
    assertThat(search(query, sort)).contains("7:1:1", "\"sort\":[1.0,1]");
    assertThat(search(query, sort + ", \"search_after\": [1.0, 1]")).contains("7:1:2");
  }

  @Test
  void getsCountsAndDeletes() throws Exception {
    assertThat(
            http(
                "POST",
                "/messages-write/_bulk?refresh=true&require_alias=true",
                """
                {"index":{"_id":"9:1:1","routing":"9"}}
                {"app":9,"chat":1,"number":1,"body":"short lived"}
                """))
        .contains("\"result\":\"created\"");
    assertThat(
            http(
                "POST",
                "/messages/_mget?filter_path=docs.found",
                "{\"docs\": [{\"_id\": \"9:1:1\", \"routing\": \"9\"}, {\"_id\": \"9:1:2\", \"routing\": \"9\"}]}"))
        .isEqualTo("{\"docs\":[{\"found\":true},{\"found\":false}]}");
    assertThat(http("DELETE", "/messages-write/_doc/9:1:1?routing=9&refresh=true", ""))
        .contains("\"result\":\"deleted\"");
    assertThat(http("POST", "/messages/_count?routing=9", "{\"query\": {\"term\": {\"app\": 9}}}"))
        .contains("\"count\":0");
  }

  @Test
  void createsNoIndexOnItsOwn() throws Exception {
    String bulk =
        """
        {"index":{"_id":"1"}}
        {"app":1}
        """;
    assertThat(http("POST", "/gone-write/_bulk?require_alias=true", bulk))
        .contains("index_not_found_exception");
    assertThat(http("POST", "/gone/_bulk", bulk)).contains("index_not_found_exception");
    assertThat(http("GET", "/_cat/indices?h=index", "")).doesNotContain("gone");
  }

  @Test
  void swapsAliasesAtOnce() throws Exception {
    http(
        "PUT",
        "/swap-1",
        "{\"settings\": {\"number_of_replicas\": 0}, \"aliases\": {\"swap\": {}}}");
    http("PUT", "/swap-2", "{\"settings\": {\"number_of_replicas\": 0}}");
    assertThat(
            http(
                "POST",
                "/_aliases",
                """
                {"actions": [{"remove": {"index": "swap-1", "alias": "swap"}},
                  {"add": {"index": "swap-2", "alias": "swap"}}]}
                """))
        .contains("\"acknowledged\":true");
    assertThat(http("GET", "/_alias/swap", ""))
        .isEqualTo("{\"swap-2\":{\"aliases\":{\"swap\":{}}}}");
  }

  @Test
  void ignoresAFullDisk() throws Exception {
    assertThat(
            http(
                "GET",
                "/_cluster/settings?include_defaults=true&filter_path=defaults.cluster.routing.allocation.disk.threshold_enabled",
                ""))
        .contains("\"threshold_enabled\":\"false\"");
  }
}
