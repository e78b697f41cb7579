package dev.tally.common.web.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

/** Requests that have their fields in the body, and a query, too. */
class QueryBesideBodyTest {

  private static final Fields KNOWN = Fields.of(TextField.MESSAGE_BODY);
  private static final FieldReader IGNORING = new FieldReader(UnknownFields.IGNORE);
  private static final FieldReader READER = new FieldReader(UnknownFields.REFUSE);

  @ParameterizedTest
  @CsvSource({"body=b,body", "user_id=7&x=1,user_id", "&x=1&x=2,x", "user%5Fid,user_id", "=1,''"})
  void aParameterIsRefusedByName(String query, String name) {
    for (MockHttpServletRequest request : new MockHttpServletRequest[] {json(query), form(query)}) {
      assertThatThrownBy(() -> READER.read(request, KNOWN))
          .isInstanceOfSatisfying(
              ProblemException.class,
              problem -> assertThat(problem.type()).isEqualTo(ProblemType.INVALID_FIELD))
          .hasMessage(
              name + " is not known in the query here. Leave it out, or send it in the body.");
    }
  }

  @Test
  void aLongNameIsCut() {
    assertThatThrownBy(() -> READER.requireNoQuery(form("x".repeat(1_000))))
        .hasMessageStartingWith("x".repeat(64) + "… is not known in the query here.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&", "&&"})
  void aQueryWithoutAParameterDoesNoHarm(String query) {
    assertThat(READER.read(form(query), KNOWN)).isEqualTo(Map.of("body", "a"));
  }

  @Test
  void aQueryThatCannotBeReadIsMalformed() {
    assertThatThrownBy(() -> READER.read(form("x%=1"), KNOWN))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.type()).isEqualTo(ProblemType.MALFORMED_REQUEST))
        .hasMessage(
            "The query cannot be read: send UTF-8, percent-encoded, and each parameter once.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"body=b", "x=1", "x%=1"})
  void aQueryIsIgnoredWhereUnknownFieldsAre(String query) {
    assertThat(IGNORING.read(json(query), KNOWN)).isEqualTo(Map.of("body", "a"));
    assertThat(IGNORING.read(form(query), KNOWN)).isEqualTo(Map.of("body", "a"));
  }

  /** Older clients may send one. */
  @Test
  void theQueryOfAPostIsIgnored() {
    MockHttpServletRequest request = json("x=1");
    request.setMethod("POST");

    assertThat(READER.read(request, KNOWN)).isEqualTo(Map.of("body", "a"));
  }

  private static MockHttpServletRequest json(String query) {
    return request("application/json", "{\"body\":\"a\"}", query);
  }

  /** A container merges a form's fields into the parameters of the query. */
  private static MockHttpServletRequest form(String query) {
    MockHttpServletRequest request = request("application/x-www-form-urlencoded", "body=a", query);
    request.addParameter("body", "a");
    return request;
  }

  private static MockHttpServletRequest request(String type, String body, String query) {
    MockHttpServletRequest request = new MockHttpServletRequest("PUT", "/");
    request.setContentType(type);
    request.setContent(body.getBytes(StandardCharsets.UTF_8));
    request.setQueryString(query);
    return request;
  }
}
