package dev.tally.common.web.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

/** What changes send that new messages do not: null, a revision, a flag, and a query. */
class ChangedFieldsTest {

  private static final Fields KNOWN =
      Fields.of(
          TextField.MESSAGE_BODY, ObjectField.CHANGED_METADATA, NumberField.EXPECTED_REVISION);
  private static final FieldReader READER = new FieldReader(UnknownFields.REFUSE);

  @Test
  void nullIsReadWhereItSaysSomething() {
    String json = "{\"body\":null,\"metadata\":null}";

    assertThat(READER.readJson(json, KNOWN)).isEqualTo(Map.of("metadata", "null"));
    assertThat(READER.readJson("{\"metadata\":{}}", KNOWN)).isEqualTo(Map.of("metadata", "{}"));
    assertThatThrownBy(() -> READER.readJson("{\"metadata\":\"null\"}", KNOWN))
        .hasMessage("metadata is not a JSON object.");
    assertThatThrownBy(() -> READER.readJson("{\"metadata\":null,\"metadata\":{}}", KNOWN))
        .isInstanceOf(ProblemException.class);
    Fields created = Fields.of(ObjectField.MESSAGE_METADATA);
    assertThat(READER.readJson("{\"metadata\":null}", created)).isEmpty();
  }

  @Test
  void aFormSaysNullAsText() {
    assertThat(READER.readQuery(query("metadata=null"), KNOWN))
        .isEqualTo(Map.of("metadata", "null"));
    assertThatThrownBy(
            () -> READER.readQuery(query("metadata=null"), Fields.of(ObjectField.MESSAGE_METADATA)))
        .isInstanceOf(ProblemException.class);
  }

  @Test
  void aRevisionMayBeZero() {
    assertThat(NumberField.EXPECTED_REVISION.optional(null)).isNull();
    assertThat(NumberField.EXPECTED_REVISION.optional("0")).isEqualTo(0);
    assertThat(NumberField.EXPECTED_REVISION.optional("999999999999999"))
        .isEqualTo(999_999_999_999_999L);
    assertThatThrownBy(() -> NumberField.REPLY_TO.optional("0"))
        .hasMessage("reply_to must be a whole number from 1 on.");
  }

  /** A condition that a client means is not dropped. */
  @Test
  void nullIsNoRevision() {
    String revision =
        READER.readJson("{\"expected_revision\":null}", KNOWN).get("expected_revision");

    assertThatThrownBy(() -> NumberField.EXPECTED_REVISION.optional(revision))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.type()).isEqualTo(ProblemType.INVALID_FIELD))
        .hasMessage("expected_revision must be a whole number from 0 on.");
    assertThat(READER.readJson("{\"reply_to\":null}", Fields.of(NumberField.REPLY_TO))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "00", "1.0", "1000000000000000", "", "x", "-0"})
  void whatIsNoRevisionIsRefused(String text) {
    assertThatThrownBy(() -> NumberField.EXPECTED_REVISION.optional(text))
        .hasMessage("expected_revision must be a whole number from 0 on.");
  }

  @Test
  void aFlagIsTrueOrNotThere() {
    Fields known = Fields.of(FlagField.DELETED);

    assertThat(FlagField.DELETED.isSet(READER.readJson("{\"deleted\":true}", known).get("deleted")))
        .isTrue();
    assertThat(READER.readJson("{\"deleted\":null}", known)).isEmpty();
    assertThat(FlagField.DELETED.isSet(null)).isFalse();
    String no = READER.readJson("{\"deleted\":false}", known).get("deleted");
    assertThatThrownBy(() -> FlagField.DELETED.isSet(no))
        .hasMessage("deleted must be true; leave it out otherwise.");
    assertThatThrownBy(() -> READER.readJson("{\"deleted\":\"true\"}", known))
        .hasMessage("deleted is not true.");
  }

  @Test
  void aNumberThatIsNeededMustBeThere() {
    assertThat(NumberField.MESSAGE_NUMBER.require("7")).isEqualTo(7);
    assertThatThrownBy(() -> NumberField.MESSAGE_NUMBER.require(null))
        .hasMessage("message_number must be a whole number from 1 on.");
  }

  @Test
  void aQueryMayBeMissing() {
    assertThat(READER.readQuery(query(null), KNOWN)).isEmpty();
    assertThat(READER.readQuery(query(""), KNOWN)).isEmpty();
    assertThat(READER.readQuery(query("body=h%C3%A9+x"), KNOWN)).isEqualTo(Map.of("body", "hé x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"body=%", "body=%zz", "body=%FF", "body=a&body=b", "metadata=x"})
  void aQueryThatCannotBeReadIsRefused(String query) {
    assertThatThrownBy(() -> READER.readQuery(query(query), KNOWN))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.type()).isEqualTo(ProblemType.MALFORMED_REQUEST))
        .hasMessageContaining("The query cannot be read");
  }

  private static MockHttpServletRequest query(@Nullable String query) {
    MockHttpServletRequest request = new MockHttpServletRequest("DELETE", "/");
    request.setQueryString(query);
    return request;
  }
}
