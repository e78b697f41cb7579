package dev.tally.common.search;

import static org.assertj.core.api.Assertions.assertThat;

import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch._types.ErrorResponse;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;

class SearchFaultTest {

  private final ElasticsearchException answer =
      new ElasticsearchException(
          "es/search",
          ErrorResponse.of(
              response ->
                  response
                      .status(400)
                      .error(error -> error.type("parsing_exception").reason("a text"))));

  @Test
  void anErrorThatElasticsearchAnsweredIsItsType() {
    assertThat(SearchFault.line(answer)).isEqualTo("parsing_exception");
    assertThat(SearchFault.line(new IllegalStateException("a text", answer)))
        .as("as Spring wraps it")
        .isEqualTo("parsing_exception");
  }

  @Test
  void anyOtherFaultIsLoggedAsEverywhere() {
    RuntimeException away = new RuntimeException("x", new ConnectException("Connection refused"));

    assertThat(SearchFault.line(away)).endsWith("ConnectException: Connection refused");
  }
}
