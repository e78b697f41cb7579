package dev.tally.worker.index;

import static org.assertj.core.api.Assertions.assertThat;

import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import co.elastic.clients.elasticsearch.core.bulk.OperationType;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BulkAnswerTest {

  private static final int OK = 201;
  private static final AppToken APP = new AppToken("0".repeat(32));

  @Test
  void anIndexThatTookEverythingLeavesNothing() {
    BulkAnswer answer = answer(OK, OK);

    assertThat(answer.notTaken()).isEmpty();
    assertThat(answer.tookNothingNow()).isFalse();
    assertThat(answer.indexMissing()).isFalse();
    assertThat(answer.reason()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503})
  void oneMessageThatFailedIsLeftAlone(int status) {
    BulkAnswer answer = answer(OK, status, OK);

    assertThat(answer.failed()).containsExactly(key(2));
    assertThat(answer.refused()).isEmpty();
    assertThat(answer.notTaken()).containsExactly(key(2));
    assertThat(answer.tookNothingNow()).isFalse();
    assertThat(answer.reason()).isEqualTo("error_" + status);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 409})
  void oneMessageThatIsRefusedIsLeftAlone(int status) {
    BulkAnswer answer = answer(status, OK);

    assertThat(answer.refused()).containsExactly(key(1));
    assertThat(answer.failed()).isEmpty();
    assertThat(answer.notTaken()).containsExactly(key(1));
    assertThat(answer.tookNothingNow()).isFalse();
  }

  @Test
  void anIndexThatTakesNothingForNowMayTakeEverythingLater() {
    assertThat(answer(429, 429).tookNothingNow()).isTrue();
    assertThat(answer(429, 400).tookNothingNow()).as("a refused message among them").isTrue();
    assertThat(answer(400, 400).tookNothingNow()).as("all refused").isFalse();
    assertThat(answer().tookNothingNow()).as("nothing sent").isFalse();
  }

  @Test
  void theAnswersToTwoRequestsAreOne() {
    BulkAnswer answer = answer(429, 429).plus(new BulkAnswer(1, false, Set.of(), Set.of(), ""));

    assertThat(answer.sent()).isEqualTo(3);
    assertThat(answer.failed()).containsExactlyInAnyOrder(key(1), key(2));
    assertThat(answer.tookNothingNow()).as("the second took something").isFalse();
    assertThat(answer.reason()).isEqualTo("error_429");
  }

  @Test
  void aMessageThatTheIndexHasInALaterRevisionIsTaken() {
    BulkAnswer answer =
        BulkAnswer.of(
            messages(2), List.of(item(409, "version_conflict_engine_exception"), item(400)));

    assertThat(answer.notTaken()).containsExactly(key(2));
    assertThat(answer.reason()).isEqualTo("error_400");
  }

  @Test
  void aMissingIndexRefusesNoMessage() {
    BulkAnswer answer = answer(404, 404);

    assertThat(answer.indexMissing()).isTrue();
    assertThat(answer.notTaken()).isEmpty();
  }

  private static BulkAnswer answer(Integer... statuses) {
    return BulkAnswer.of(
        messages(statuses.length), Arrays.stream(statuses).map(BulkAnswerTest::item).toList());
  }

  private static List<Message> messages(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(number -> new Message(key(number), APP, "x", 0, Instant.EPOCH))
        .toList();
  }

  private static BulkResponseItem item(int status) {
    return item(status, "error_" + status);
  }

  private static BulkResponseItem item(int status, String type) {
    return BulkResponseItem.of(
        item -> {
          item.operationType(OperationType.Index).index("i").id("1").status(status);
          return status == OK ? item : item.error(error -> error.type(type));
        });
  }

  private static MessageKey key(long number) {
    return new MessageKey(new ChatKey(1, 1), number);
  }
}
