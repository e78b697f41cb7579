package dev.tally.system.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.deadletter.DeadLetter.Reason;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.Partitions;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageContent;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The command {@code dead-letters}, run in a process of its own. */
class DeadLettersIT {

  private static final JobCodec CODEC = new JobCodec();

  private static RunningTally running;
  private static TallyClient tally;

  @BeforeAll
  static void start() {
    running = RunningTally.shared();
    tally = TallyClient.of(running);
  }

  @Test
  void anUnreadableJobBecomesADeadLetterAndBlocksNothing() throws Exception {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    redis(redis -> redis.opsForList().rightPush("tally:{03}:retried", "no job"));
    tally.say(app, chat, "what follows");
    tally.awaitMessages(app, chat, 1);

    Matcher listed = letters("undecodable");
    String first = listed.group(1);
    assertThat(running.command("dead-letters", "list", "--jobs").output()).contains("no job");

    RunningTally.CommandResult retried = running.command("dead-letters", "retry", first);
    assertThat(retried.exitCode()).as(retried.output()).isZero();
    String second = letters("undecodable").group(1);
    assertThat(second).as("the job is rejected again").isNotEqualTo(first);

    RunningTally.CommandResult gone = running.command("dead-letters", "drop", first);
    assertThat(gone.exitCode()).isEqualTo(1);
    RunningTally.CommandResult dropped = running.command("dead-letters", "drop", second);
    assertThat(dropped.exitCode()).as(dropped.output()).isZero();
    assertThat(running.command("dead-letters", "list").output()).contains("no dead letters");
  }

  private static Matcher letters(String reason) {
    Pattern pattern = Pattern.compile("(?m)^(\\S+)  \\S+  " + reason + "$");
    Matcher[] found = new Matcher[1];
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              found[0] = pattern.matcher(running.command("dead-letters", "list").output());
              return found[0].find();
            });
    return found[0];
  }

  @Test
  void aNumberThatWasGivenOutTwiceIsGivenToOneAndTheOtherGetsANewOne() throws Exception {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    tally.say(app, chat, "first");
    tally.awaitMessages(app, chat, 1);
    String id = letter(app, Reason.NUMBER_TAKEN, message(app, chat, 1, "second"));

    RunningTally.CommandResult result = running.command("dead-letters", "resubmit", id);

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output())
        .contains(
            "%s  app %s… chat 1 message 1 → chat 1 message 2".formatted(id, app.substring(0, 8)),
            "resubmitted: 1 dead letters")
        .doesNotContain(app);
    tally.awaitMessages(app, chat, 2);
    assertThat(Http.get(tally.chatUrl(app, chat) + "/messages/2").is(200).text("body"))
        .isEqualTo("second");
    assertThat(tally.say(app, chat, "third")).isEqualTo(3);
    tally.awaitMessages(app, chat, 3);
    assertThat(running.command("dead-letters", "list").output()).contains("no dead letters");
  }

  @Test
  void aDroppedNumberLeavesNoGap() throws Exception {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    tally.say(app, chat, "first");
    tally.say(app, chat, "second");
    tally.awaitMessages(app, chat, 2);
    AppToken token = new AppToken(app);
    String counter = new Partitions(16).of(token).messages(new ChatName(token, chat));
    redis(redis -> redis.opsForHash().put(counter, "numbers", "3"));
    String id = letter(app, Reason.REFUSED, message(app, chat, 3, "refused"));

    RunningTally.CommandResult kept = running.command("dead-letters", "resubmit", "--all");
    assertThat(kept.exitCode()).as(kept.output()).isEqualTo(1);
    assertThat(kept.output())
        .contains(id + "  kept: MySQL takes it under no number", "resubmitted: 0 dead letters");
    RunningTally.CommandResult dropped = running.command("dead-letters", "drop", "--all");

    assertThat(dropped.exitCode()).as(dropped.output()).isZero();
    assertThat(dropped.output())
        .contains("chat 1 message 3: a void row is in its place", "dropped: 1 dead letters")
        .doesNotContain(app);
    assertThat(tally.say(app, chat, "fourth")).isEqualTo(4);
    tally.awaitMessages(app, chat, 4);
    RunningTally.CommandResult verified = running.command("verify", "--no-search");
    assertThat(verified.exitCode()).as(verified.output()).isZero();
  }

  private static String message(String app, long chat, long number, String body) {
    ChatName name = new ChatName(new AppToken(app), chat);
    return CODEC.openMessage(name, MessageContent.of(body), Instant.ofEpochSecond(1), null)
        + number
        + "}";
  }

  private static String letter(String app, Reason reason, String job) {
    DeadLetter letter = DeadLetter.now(reason, job.getBytes(UTF_8));
    String dead = new Partitions(16).of(new AppToken(app)).dead();
    redis(redis -> redis.opsForList().rightPush(dead, letter.encode()));
    return letter.id();
  }

  private static void redis(Consumer<StringRedisTemplate> action) {
    LettuceConnectionFactory connections = running.servers().redis();
    try {
      action.accept(new StringRedisTemplate(connections));
    } finally {
      connections.destroy();
    }
  }
}
