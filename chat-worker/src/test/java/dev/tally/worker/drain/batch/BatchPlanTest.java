package dev.tally.worker.drain.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.deadletter.DeadLetter.Reason;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.MessageContent;
import dev.tally.worker.drain.gap.Jump;
import dev.tally.worker.outbox.SearchOutbox;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

class BatchPlanTest {

  private static final ChatKey CHAT = new ChatKey(11, 1);

  private final Tables tables = new Tables();

  @Test
  void aNewChatIsInsertedWithTheCountOfItsMessages() {
    BatchPlan plan =
        plan(Tables.chat(0, 1, 0), Tables.message(0, 1, 1, "a"), Tables.message(0, 1, 2, "b"));

    assertThat(plan.chats())
        .containsExactly(
            new BatchPlan.NewChat(Row.Chat.created(CHAT, Tables.NOW, ChatContent.NONE), 2));
    assertThat(plan.addedChats()).containsOnly(Map.entry(11L, 1));
    assertThat(bodies(plan)).containsExactly("a", "b");
    assertThat(plan.addedMessages()).isEmpty();
    assertThat(plan.ranges()).containsExactly(range(11, 1, 1, 2));
    assertThat(plan.rejections()).isEmpty();
    assertThat(plan.redelivered()).isZero();
  }

  @Test
  void messagesOfAnOldChatAddToItsCount() {
    tables.persist(List.of(Tables.chat(0, 1, 0), Tables.message(0, 1, 1, "a")));

    BatchPlan plan = plan(Tables.message(0, 1, 2, "b"), Tables.message(0, 1, 3, "c"));

    assertThat(plan.chats()).isEmpty();
    assertThat(plan.addedChats()).isEmpty();
    assertThat(plan.addedMessages()).containsOnly(Map.entry(CHAT, 2));
    assertThat(bodies(plan)).containsExactly("b", "c");
  }

  @Test
  void redeliveredJobsAddNothingToTheCounts() {
    tables.persist(List.of(Tables.chat(0, 1, 0), Tables.message(0, 1, 1, "a")));

    BatchPlan plan =
        plan(
            Tables.chat(0, 1, 0),
            Tables.chat(0, 2, 0),
            Tables.chat(0, 3, 0),
            Tables.message(0, 1, 1, "a"),
            Tables.message(0, 1, 2, "b"));

    assertThat(plan.addedChats()).containsOnly(Map.entry(11L, 2));
    assertThat(plan.addedMessages()).containsOnly(Map.entry(CHAT, 1));
    assertThat(plan.ranges()).containsExactly(range(11, 1, 2, 2));
    assertThat(plan.redelivered()).isEqualTo(2);
  }

  @Test
  void rowsThatFollowTheCountAreNoJump() {
    tables.persist(List.of(Tables.chat(0, 1, 0), Tables.message(0, 1, 1, "a")));

    BatchPlan plan =
        plan(
            Tables.message(0, 1, 1, "a"),
            Tables.message(0, 1, 2, "b"),
            Tables.chat(0, 2, 0),
            Tables.message(0, 2, 1, "x"));

    assertThat(plan.jumps()).isEmpty();
  }

  @Test
  void rowsThatLeaveOutNumbersAreAJump() {
    tables.persist(List.of(Tables.chat(0, 1, 0), Tables.message(0, 1, 1, "a")));

    BatchPlan plan =
        plan(
            Tables.message(0, 1, 2, "b"),
            Tables.message(0, 1, 4, "d"),
            Tables.chat(0, 3, 0),
            Tables.message(0, 3, 2, "y"));

    ChatName chat = new ChatName(Tables.TOKENS.getFirst(), 1);
    assertThat(plan.jumps())
        .containsExactly(
            new Jump(new Parent.App(chat.app()), 11, List.of(3L)),
            new Jump(new Parent.Chat(chat), 11, List.of(2L, 4L)),
            new Jump(new Parent.Chat(new ChatName(chat.app(), 3)), 11, List.of(2L)));
  }

  @Test
  void aChatComesBeforeItsMessagesWhateverTheOrderOfDelivery() {
    BatchPlan plan = plan(Tables.message(0, 1, 1, "a"), Tables.chat(0, 1, 0));

    assertThat(plan.chats()).hasSize(1);
    assertThat(bodies(plan)).containsExactly("a");
    assertThat(plan.rejections()).isEmpty();
  }

  @Test
  void aRangeEndsBeforeAGapAndAtTheEndOfAChat() {
    tables.persist(
        List.of(Tables.chat(0, 1, 0), Tables.chat(0, 2, 0), Tables.message(0, 1, 3, "x")));

    BatchPlan plan =
        plan(
            Tables.message(0, 2, 3, "e"),
            Tables.message(0, 1, 1, "a"),
            Tables.message(0, 1, 2, "b"),
            Tables.message(0, 1, 4, "d"));

    assertThat(plan.ranges())
        .containsExactly(range(11, 1, 1, 2), range(11, 1, 4, 4), range(11, 2, 3, 3));
  }

  @Test
  void aJobWithItsRowIsRedeliveredAndOneWithAnothersIsRejected() {
    tables.persist(List.of(Tables.chat(0, 1, 0), Tables.message(0, 1, 1, "a")));

    BatchPlan plan =
        plan(
            Tables.chat(0, 1, 0),
            Tables.chat(0, 1, 1),
            Tables.message(0, 1, 1, "a"),
            Tables.message(0, 1, 1, "b"));

    assertThat(plan.redelivered()).isEqualTo(2);
    assertThat(rejected(plan))
        .containsExactly(
            Tuple.tuple(Reason.NUMBER_TAKEN, Tables.chat(0, 1, 1).job()),
            Tuple.tuple(Reason.NUMBER_TAKEN, Tables.message(0, 1, 1, "b").job()));
    assertThat(plan.chats()).isEmpty();
    assertThat(plan.addedChats()).isEmpty();
    assertThat(plan.messages()).isEmpty();
    assertThat(plan.addedMessages()).isEmpty();
    assertThat(plan.ranges()).isEmpty();
  }

  @Test
  void aJobWithItsRowIsRedeliveredEvenIfAnotherJobWithItsNumberCameFirst() {
    tables.persist(List.of(Tables.chat(0, 1, 0), Tables.message(0, 1, 1, "a")));

    BatchPlan plan =
        plan(
            Tables.chat(0, 1, 1),
            Tables.message(0, 1, 1, "b"),
            Tables.chat(0, 1, 0),
            Tables.message(0, 1, 1, "a"));

    assertThat(plan.redelivered()).isEqualTo(2);
    assertThat(rejected(plan))
        .containsExactly(
            Tuple.tuple(Reason.NUMBER_TAKEN, Tables.chat(0, 1, 1).job()),
            Tuple.tuple(Reason.NUMBER_TAKEN, Tables.message(0, 1, 1, "b").job()));
  }

  @Test
  void aMessageWithTheSameBodyAndAnotherTimeHasAnotherContent() {
    tables.persist(List.of(Tables.chat(0, 1, 0), Tables.message(0, 1, 1, "a")));

    BatchPlan plan = plan(later("a"));

    assertThat(rejected(plan)).containsExactly(Tuple.tuple(Reason.NUMBER_TAKEN, later("a").job()));
  }

  @Test
  void theFirstOfTwoJobsWithOneNumberIsNew() {
    BatchPlan plan =
        plan(
            Tables.chat(0, 1, 0),
            Tables.message(0, 1, 1, "a"),
            Tables.message(0, 1, 1, "a"),
            Tables.message(0, 1, 1, "b"));

    assertThat(bodies(plan)).containsExactly("a");
    assertThat(plan.redelivered()).isEqualTo(1);
    assertThat(rejected(plan))
        .containsExactly(Tuple.tuple(Reason.NUMBER_TAKEN, Tables.message(0, 1, 1, "b").job()));
  }

  @Test
  void jobsWithoutTheirAppOrChatAreRejected() {
    BatchPlan plan =
        plan(Tables.chat(2, 1, 0), Tables.message(2, 1, 1, "a"), Tables.message(0, 7, 1, "b"));

    assertThat(rejected(plan))
        .containsExactly(
            Tuple.tuple(Reason.APP_MISSING, Tables.chat(2, 1, 0).job()),
            Tuple.tuple(Reason.APP_MISSING, Tables.message(2, 1, 1, "a").job()),
            Tuple.tuple(Reason.CHAT_MISSING, Tables.message(0, 7, 1, "b").job()));
  }

  @Test
  void jobsWithoutTheirChatAreRejectedAlthoughTheyHaveOneNumber() {
    BatchPlan plan =
        plan(
            Tables.message(0, 7, 1, "a"),
            Tables.message(0, 7, 1, "b"),
            Tables.message(0, 7, 1, "a"));

    assertThat(rejected(plan))
        .containsExactly(
            Tuple.tuple(Reason.CHAT_MISSING, Tables.message(0, 7, 1, "a").job()),
            Tuple.tuple(Reason.CHAT_MISSING, Tables.message(0, 7, 1, "b").job()),
            Tuple.tuple(Reason.CHAT_MISSING, Tables.message(0, 7, 1, "a").job()));
    assertThat(plan.redelivered()).isZero();
  }

  @Test
  void nobodyLooksForRowsOfJobsThatContinueTheCount() {
    tables.persist(List.of(Tables.chat(0, 1, 0), Tables.message(0, 1, 1, "a")));

    BatchJobs jobs =
        tables.jobs(
            List.of(
                Tables.message(0, 1, 3, "c"),
                Tables.message(0, 1, 2, "b"),
                Tables.chat(0, 2, 0),
                Tables.message(0, 2, 1, "x")),
            true);

    assertThat(jobs.chatsToFind()).isEmpty();
    assertThat(jobs.chatsToLock()).containsExactly(CHAT, new ChatKey(11, 2));
    assertThat(jobs.messagesToFind(tables.locked(jobs))).isEmpty();
  }

  @Test
  void rowsOfAllOtherJobsAreLookedFor() {
    tables.persist(
        List.of(
            Tables.chat(0, 1, 0),
            Tables.chat(0, 2, 0),
            Tables.chat(0, 3, 0),
            Tables.message(0, 1, 1, "a")));

    BatchJobs jobs =
        tables.jobs(
            List.of(
                Tables.chat(0, 3, 0),
                Tables.chat(0, 4, 0),
                Tables.chat(1, 2, 0),
                // begins at the count
                Tables.message(0, 1, 1, "a"),
                Tables.message(0, 1, 2, "b"),
                // has a gap
                Tables.message(0, 2, 1, "a"),
                Tables.message(0, 2, 3, "c"),
                // begins after a gap
                Tables.message(0, 3, 2, "b"),
                // has no chat
                Tables.message(0, 9, 2, "b")),
            true);

    assertThat(jobs.chatsToFind().toString()).isEqualTo("{11=[3, 4], 12=[2]}");
    assertThat(jobs.messagesToFind(tables.locked(jobs)).values())
        .containsExactly(List.of(1L, 2L), List.of(1L, 3L), List.of(2L), List.of(2L));
  }

  @Test
  void rowsOfAllJobsAreLookedForWhenCountsAreNotTrusted() {
    tables.persist(List.of(Tables.chat(0, 1, 0)));

    BatchJobs jobs =
        tables.jobs(
            List.of(
                Tables.chat(0, 2, 0),
                Tables.message(0, 1, 1, "a"),
                // Its chat is new, so it can have a row only if somebody deleted the chat's.
                Tables.message(0, 2, 1, "a")),
            false);

    assertThat(jobs.chatsToFind()).containsOnly(Map.entry(11L, List.of(2L)));
    assertThat(jobs.messagesToFind(tables.locked(jobs)))
        .containsOnly(Map.entry(CHAT, List.of(1L)), Map.entry(new ChatKey(11, 2), List.of(1L)));
  }

  @Test
  void appsAreLockedInTokenOrder() {
    assertThat(
            BatchJobs.tokens(
                List.of(Tables.chat(2, 1, 0), Tables.chat(0, 1, 0), Tables.chat(2, 2, 0))))
        .containsExactly(Tables.TOKENS.get(0), Tables.TOKENS.get(2));
  }

  private BatchPlan plan(Delivery... deliveries) {
    return tables.plan(List.of(deliveries), true);
  }

  private static Delivery later(String body) {
    MessageName name = new MessageName(new ChatName(Tables.TOKENS.getFirst(), 1), 1);
    Job job = new Job.NewMessage(name, MessageContent.of(body), Tables.NOW.plusNanos(1_000), null);
    return new Delivery(job.toString().getBytes(StandardCharsets.UTF_8), job);
  }

  private static List<String> bodies(BatchPlan plan) {
    return plan.messages().stream().map(row -> row.version().content().body()).toList();
  }

  private static List<Tuple> rejected(BatchPlan plan) {
    return plan.rejections().stream()
        .map(rejection -> Tuple.tuple(rejection.reason(), rejection.job()))
        .toList();
  }

  private static SearchOutbox.Range range(long app, long chat, long first, long last) {
    return new SearchOutbox.Range(3, new ChatKey(app, chat), new NumberRange(first, last));
  }
}
