package dev.tally.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.web.field.TextField;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What holds for whatever a job carries, and for whatever lies in the queue. */
class JobCodecPropertiesTest {

  /** What a body would have to hold to break out of its string, and what JSON readers trip over. */
  private static final String[] TRICKS = {
    "\"",
    "\\",
    "\\u0022",
    "}",
    "{",
    ",\"number\":9}",
    "\",\"number\":",
    "\",\"body\":\"",
    "\"}",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\ufffd",
    "\uffff",
    "\u0001",
    "\r\n",
    "🎉",
    "e\u0301",
    "%s",
    "${x}"
  };

  private final JobCodec codec = new JobCodec();

  @Property
  void aJobIsReadAsItWasWritten(@ForAll("jobs") Job job) throws UndecodableJobException {
    assertThat(codec.decode(written(job))).isEqualTo(job);
  }

  /** Even a reader that lets later members override earlier ones sees these members only. */
  @Property
  void noTextAddsAMemberOrReplacesOne(@ForAll("jobs") Job job) {
    JsonNode members = JsonMapper.shared().readTree(written(job));

    List<String> expected = new ArrayList<>(List.of("v", "kind", "app"));
    if (job instanceof Job.NewMessage || job instanceof Job.Change) {
      expected.add("chat");
    }
    if (job instanceof Job.ChangedMessage) {
      expected.add("message");
    }
    expected.add("at");
    if (job.traceparent() != null) {
      expected.add("trace");
    }
    if (job instanceof Job.NewChat chat) {
      if (chat.content().name() != null) {
        expected.add("name");
      }
      if (chat.content().metadata() != null) {
        expected.add("metadata");
      }
    }
    if (job instanceof Job.NewMessage message) {
      expected.add("body");
      MessageContent content = message.content();
      if (content.author() != null) {
        expected.add("author");
      }
      if (content.metadata() != null) {
        expected.add("metadata");
      }
      if (content.replyTo() != null) {
        expected.add("reply_to");
      }
    }
    if (job instanceof Job.ChangedMessage change) {
      if (change.change() instanceof MessageChange.Edit edit) {
        if (edit.body() != null) {
          expected.add("body");
        }
        if (edit.changesMetadata()) {
          expected.add("metadata");
        }
      }
    }
    if (job instanceof Job.ChangedChat change && change.change() instanceof ChatChange.Edit edit) {
      if (edit.changesName()) {
        expected.add("name");
      }
      if (edit.changesMetadata()) {
        expected.add("metadata");
      }
    }
    if (job instanceof Job.Change change) {
      if (change.author() != null) {
        expected.add("author");
      }
      if (change.expectedRevision() != null) {
        expected.add("expected_revision");
      }
    }
    if (job instanceof Job.ErasedAuthor) {
      expected.add("author");
    }
    expected.add("number");
    assertThat(members.propertyNames()).containsExactlyElementsOf(expected);
  }

  /** A worker must be able to set aside whatever it finds in the queue. */
  @Property
  void whateverIsReadIsAJobOrUndecodable(@ForAll("almostJobs") String text) {
    try {
      assertThat(codec.decode(text)).isNotNull();
    } catch (UndecodableJobException | NewerJobException e) {
      assertThat(e).hasMessageNotContaining("\"");
    }
  }

  private String written(Job job) {
    return switch (job) {
      case Job.NewChat(ChatName chat, ChatContent content, Instant at, String trace) ->
          codec.openChat(chat.app(), content, at, trace) + chat.number() + "}";
      case Job.NewMessage(
              MessageName(ChatName chat, long number),
              MessageContent content,
              Instant at,
              String trace) ->
          codec.openMessage(chat, content, at, trace) + number + "}";
      case Job.ChangedMessage change ->
          codec.openChange(
                  change.message(),
                  change.change(),
                  change.author(),
                  change.expectedRevision(),
                  change.acceptedAt(),
                  change.traceparent())
              + change.number()
              + "}";
      case Job.ChangedChat change ->
          codec.openChange(
                  change.chat(),
                  change.change(),
                  change.author(),
                  change.expectedRevision(),
                  change.acceptedAt(),
                  change.traceparent())
              + change.number()
              + "}";
      case Job.ErasedAuthor(AppToken app, String author, Instant at, String trace) ->
          codec.openErasure(app, author, at, trace) + "1}";
    };
  }

  @Provide
  Arbitrary<Job> jobs() {
    Arbitrary<AppToken> apps =
        Arbitraries.strings().withChars("0123456789abcdef").ofLength(32).map(AppToken::new);
    Arbitrary<Long> numbers = Arbitraries.longs().between(1, Numbers.HIGHEST);
    Arbitrary<ChatName> chats = Combinators.combine(apps, numbers).as(ChatName::new);
    Arbitrary<MessageName> messages = Combinators.combine(chats, numbers).as(MessageName::new);
    Arbitrary<Instant> times =
        Arbitraries.longs()
            .between(1, Long.MAX_VALUE)
            .map(micros -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
    Arbitrary<@Nullable String> traces = text(60).injectNull(0.5);
    Arbitrary<ChatContent> chatContents =
        Combinators.combine(text(255).injectNull(0.6), text(100).injectNull(0.6))
            .as(ChatContent::new);
    Arbitrary<MessageContent> contents =
        Combinators.combine(
                text(TextField.MESSAGE_BODY.maxCodePoints()),
                text(TextField.MESSAGE_AUTHOR.maxCodePoints()).injectNull(0.6),
                text(100).injectNull(0.6),
                numbers.injectNull(0.6))
            .as(MessageContent::new);
    Arbitrary<MessageChange> edits =
        Combinators.combine(
                text(TextField.MESSAGE_BODY.maxCodePoints()).injectNull(0.3),
                Arbitraries.of(true, false),
                text(100).injectNull(0.6))
            .as((body, changes, metadata) -> edit(body, changes, changes ? metadata : null));
    Arbitrary<ChatChange> chatEdits =
        Combinators.combine(
                Arbitraries.of(true, false),
                text(255).injectNull(0.3),
                Arbitraries.of(true, false),
                text(100).injectNull(0.6))
            .as(
                (named, name, changes, metadata) ->
                    chatEdit(named, named ? name : null, changes, changes ? metadata : null));
    return Arbitraries.oneOf(
        Combinators.combine(chats, chatContents, times, traces).as(Job.NewChat::new),
        Combinators.combine(messages, contents, times, traces).as(Job.NewMessage::new),
        Combinators.combine(apps, text(TextField.MESSAGE_AUTHOR.maxCodePoints()), times, traces)
            .as(Job.ErasedAuthor::new),
        Combinators.combine(
                messages,
                numbers,
                Arbitraries.oneOf(edits, Arbitraries.just(new MessageChange.Deletion())),
                text(TextField.MESSAGE_AUTHOR.maxCodePoints()).injectNull(0.6),
                Arbitraries.oneOf(numbers, Arbitraries.just(0L)).injectNull(0.6),
                times,
                traces)
            .as(Job.ChangedMessage::new),
        Combinators.combine(
                chats,
                numbers,
                Arbitraries.oneOf(chatEdits, Arbitraries.just(new ChatChange.Deletion())),
                text(TextField.MESSAGE_AUTHOR.maxCodePoints()).injectNull(0.6),
                Arbitraries.oneOf(numbers, Arbitraries.just(0L)).injectNull(0.6),
                times,
                traces)
            .as(Job.ChangedChat::new));
  }

  private static ChatChange chatEdit(
      boolean changesName,
      @Nullable String name,
      boolean changesMetadata,
      @Nullable String metadata) {
    return new ChatChange.Edit(changesName, name, changesMetadata, metadata);
  }

  private static MessageChange edit(
      @Nullable String body, boolean changesMetadata, @Nullable String metadata) {
    return new MessageChange.Edit(body, changesMetadata, metadata);
  }

  /** Any Unicode text but NUL and unpaired surrogates, which no request gets past the gateway. */
  private static Arbitrary<String> text(int maxCodePoints) {
    Arbitrary<String> anything =
        Arbitraries.integers()
            .between(1, Character.MAX_CODE_POINT)
            .filter(codePoint -> Character.getType(codePoint) != Character.SURROGATE)
            .map(Character::toString);
    Arbitrary<String> ascii = Arbitraries.chars().range('\u0001', '\u007f').map(String::valueOf);
    return Arbitraries.frequencyOf(
            Tuple.of(2, anything), Tuple.of(3, ascii), Tuple.of(2, Arbitraries.of(TRICKS)))
        .list()
        .ofMaxSize(maxCodePoints / 13)
        .map(parts -> String.join("", parts));
  }

  /** Jobs that have been tampered with, and texts that never were any. */
  @Provide
  Arbitrary<String> almostJobs() {
    Arbitrary<String> scraps =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(8),
            Arbitraries.of(TRICKS),
            Arbitraries.of("", "0", "-1", "1e9", "1e-9", "9".repeat(30), "9".repeat(2_000)),
            Arbitraries.of(
                "null", "true", "[", "[".repeat(2_000), "\"v\":1,", "\"chat\"", "\ud800"));
    Arbitrary<String> tampered =
        Combinators.combine(
                jobs().map(this::written),
                scraps,
                Arbitraries.doubles().between(0, 1),
                Arbitraries.integers().between(0, 20))
            .as(
                (job, scrap, place, cut) -> {
                  int from = (int) (place * job.length());
                  int to = Math.min(job.length(), from + cut);
                  return job.substring(0, from) + scrap + job.substring(to);
                });
    return Arbitraries.oneOf(tampered, Arbitraries.strings(), scraps);
  }
}
