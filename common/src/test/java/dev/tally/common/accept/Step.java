package dev.tally.common.accept;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.queue.ChatChange;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.MessageContent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** An event that changes the data in Redis, and random sequences of such events. */
sealed interface Step {

  /**
   * A request.
   *
   * @param chat the chat that is written to, 0 to make one
   * @param isChange whether messages of the chat are changed, not added; without a chat, whether an
   *     author's messages are erased
   * @param mentioned the message that the new ones answer or that is changed, 0 if there is none
   * @param again whether the client saw no answer and sends it once more
   */
  record Write(
      int app,
      long chat,
      boolean isChange,
      List<String> bodies,
      long mentioned,
      @Nullable String key,
      boolean again)
      implements Step {

    Parent parent(AppToken token) {
      Parent parent = Step.parent(token, chat);
      if (!isChange) {
        return parent;
      }
      return parent instanceof Parent.Chat(ChatName name)
          ? new Parent.Changes(name)
          : new Parent.Unnumbered(token);
    }

    List<String> jobs(AppToken token, JobCodec codec, Instant time) {
      return switch (parent(token)) {
        case Parent.App _ -> List.of(codec.openChat(token, ChatContent.NONE, time, null));
        case Parent.Unnumbered _ -> List.of(codec.openErasure(token, "ann", time, null));
        case Parent.Chat(ChatName name) ->
            bodies.stream()
                .map(body -> codec.openMessage(name, MessageContent.of(body), time, null))
                .toList();
        case Parent.Changes(ChatName name) ->
            bodies.stream()
                .map(body -> MessageChange.Edit.all(body, null))
                .map(edit -> codec.openChange(message(name), edit, null, null, time, null))
                .toList();
      };
    }

    private MessageName message(ChatName name) {
      return new MessageName(name, Math.max(1, mentioned));
    }

    @Nullable IdempotencyKey idempotencyKey() {
      List<String> request = new ArrayList<>();
      request.add((isChange ? "changes of " : "to ") + chat);
      if (chat != 0) {
        request.addAll(bodies);
      }
      return key == null ? null : IdempotencyKey.of(key, request);
    }
  }

  /** A request that deletes a chat. */
  record DeleteChat(int app, long chat, @Nullable String key) implements Step {

    Parent parent(AppToken token) {
      return new Parent.Changes(new ChatName(token, chat));
    }

    List<String> jobs(AppToken token, JobCodec codec, Instant time) {
      ChatName name = new ChatName(token, chat);
      return List.of(codec.openChange(name, new ChatChange.Deletion(), null, null, time, null));
    }

    @Nullable IdempotencyKey idempotencyKey() {
      return key == null ? null : IdempotencyKey.of(key, List.of("deletion of " + chat));
    }
  }

  /** The parent of chats, or of a chat's messages. */
  static Parent parent(AppToken app, long chat) {
    return chat == 0 ? new Parent.App(app) : new Parent.Chat(new ChatName(app, chat));
  }

  /** A gateway recovers a counter to these highest numbers; that of changes is only a chat's. */
  record Recover(int app, long chat, long highest, String highestChange) implements Step {}

  /** Somebody writes to a chat's number of changes, or an older gateway drops it. */
  record SpoilChanges(int app, long chat, @Nullable String text) implements Step {}

  /** Somebody deletes an app. */
  record DeleteApp(int app) implements Step {}

  /** Somebody writes to an app's access state, or an older gateway drops it. */
  record SpoilAccess(int app, @Nullable String text) implements Step {}

  /** Redis loses a counter. */
  record Lose(int app, long chat) implements Step {}

  /** Somebody writes to a counter, to the hash or in place of it. */
  record Spoil(int app, long chat, String text, boolean asHash) implements Step {}

  /** Redis is another process now. */
  record Restart() implements Step {}

  /** The gateway checks the run of Redis for the partition of an app. */
  record Check(int app) implements Step {}

  /** Somebody begins an epoch in the partition of an app. */
  record Raise(int app) implements Step {}

  /** A worker claims all jobs of an app. */
  record Claim(int app) implements Step {}

  /** A slice of time passes for the idempotency records of an app. */
  record Pass(int app) implements Step {}

  private static Step recoverApp(int app, long highest) {
    return new Recover(app, 0, highest, "");
  }

  /**
   * Sequences of steps.
   *
   * @param appCount the number of apps
   * @param queueLimit the jobs that a queue may hold
   */
  static Arbitrary<List<Step>> sequences(int appCount, int queueLimit) {
    Arbitrary<Integer> apps = Arbitraries.integers().between(0, appCount - 1);
    // Chats that a sequence can create, and the highest numbers that a path can name.
    Arbitrary<Long> chats =
        Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.longs().between(1, 3)),
            Tuple.of(1, Arbitraries.longs().between(999_999_999_999_990L, 999_999_999_999_999L)));
    Arbitrary<Long> parents =
        Arbitraries.frequencyOf(Tuple.of(2, chats), Tuple.of(1, Arbitraries.just(0L)));
    Arbitrary<Long> highest =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.just(0L)),
            Tuple.of(1, Arbitraries.longs().between(999_999_999_999_900L, 999_999_999_999_980L)));
    Arbitrary<String> highestChange =
        Arbitraries.of("0", "0", "7", "", "999999999999990", "1000000000000000");
    Arbitrary<String> texts = Arbitraries.of("hi", "", "}", "🎉\"\\", "%.0f", "%d");
    // Most writes are short: an app must have room for some with a key.
    Arbitrary<List<String>> bodies =
        Arbitraries.frequencyOf(
            Tuple.of(3, texts.list().ofMinSize(1).ofMaxSize(2)),
            Tuple.of(1, texts.list().ofMinSize(1).ofMaxSize(queueLimit + 1)));
    Arbitrary<String> keys = Arbitraries.of("k", "more", ":messages", "1:messages", "%s*{07}", "x");
    Arbitrary<Step> writes =
        Combinators.combine(
                apps,
                parents,
                Arbitraries.of(false, false, true),
                bodies,
                Arbitraries.of(0L, 0L, 0L, 1L, 2L, 999_999_999_999_999L),
                keys.injectNull(0.2),
                Arbitraries.of(false, false, true))
            .as(Write::new);
    Arbitrary<Step> steps =
        Arbitraries.frequencyOf(
            Tuple.of(24, writes),
            Tuple.of(5, Combinators.combine(apps, chats, keys.injectNull(0.5)).as(DeleteChat::new)),
            Tuple.of(
                3, Combinators.combine(apps, parents, highest, highestChange).as(Recover::new)),
            Tuple.of(3, Combinators.combine(apps, highest).as(Step::recoverApp)),
            Tuple.of(1, apps.map(DeleteApp::new)),
            Tuple.of(
                1,
                Combinators.combine(apps, Arbitraries.of("closed", "", "open").injectNull(0.4))
                    .as(SpoilAccess::new)),
            Tuple.of(1, Combinators.combine(apps, parents).as(Lose::new)),
            Tuple.of(
                1,
                Combinators.combine(
                        apps,
                        parents,
                        Arbitraries.of("many", "", "-1", "1e3", "0x1f", " 1", "1000000000000000"),
                        Arbitraries.of(true, false))
                    .as(Spoil::new)),
            Tuple.of(
                2,
                Combinators.combine(
                        apps,
                        chats,
                        Arbitraries.of("many", "", "-1", "1e3", "1000000000000000").injectNull(0.5))
                    .as(SpoilChanges::new)),
            Tuple.of(1, Arbitraries.just(new Restart())),
            Tuple.of(6, apps.map(Check::new)),
            Tuple.of(1, apps.map(Raise::new)),
            Tuple.of(2, apps.map(Claim::new)),
            Tuple.of(1, apps.map(Pass::new)));
    return Combinators.combine(
            apps.set().map(open -> open.stream().flatMap(Step::open).toList()),
            steps.list().ofMaxSize(80).withSizeDistribution(RandomDistribution.uniform()))
        .as(Step::joined);
  }

  /** Nothing is accepted in an app before it is checked and recovered. */
  private static Stream<Step> open(int app) {
    Step chat = new Write(app, 0, false, List.of(""), 0, null, false);
    return Stream.of(new Check(app), recoverApp(app, 0), chat, chat);
  }

  private static List<Step> joined(List<Step> first, List<Step> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
