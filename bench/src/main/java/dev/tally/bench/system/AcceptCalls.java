package dev.tally.bench.system;

import dev.tally.bench.data.Dataset;
import dev.tally.bench.data.Mix;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageContent;
import dev.tally.testkit.RedisServer;
import io.lettuce.core.ScriptOutputType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.script.RedisScript;

/** Calls {@code accept.lua} as the gateway does, but without a gateway. */
public final class AcceptCalls {

  /** For the jobs and the bytes of a partition, and for those of an app that has many. */
  private static final List<String> NO_LIMITS = Collections.nCopies(4, "100000000000");

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Call(String[] keys, String... values) {}

  private final RedisServer redis;
  private final String script;
  private final List<Call> calls = new ArrayList<>();

  public AcceptCalls(RedisServer redis, List<Mix.Draw> draws) {
    this.redis = redis;
    this.script =
        redis
            .commands()
            .scriptLoad(
                RedisScript.of(new ClassPathResource("lua/accept.lua")).getScriptAsString());
    String run = check(draws);
    JobCodec codec = new JobCodec();
    Instant now = Instant.now();
    for (Mix.Draw draw : draws) {
      Dataset.App app = draw.app();
      String[] keys = {
        app.keys().messages(app.chat(draw.chat())),
        app.keys().state(),
        app.keys().jobs(app.token()),
        app.keys().ring(),
        app.keys().chats(app.token())
      };
      List<String> values = new ArrayList<>();
      values.add(app.token().value());
      values.addAll(NO_LIMITS);
      values.addAll(List.of("1000", "", "86400000", "", "", run, Long.toString(draw.chat()), ""));
      // No idempotency key, no message that is answered, and no chat that is deleted.
      values.addAll(List.of("", "1", "1", "1", "0", PartitionKeys.NUMBERS, ""));
      values.add(
          codec.openMessage(app.chat(draw.chat()), MessageContent.of(draw.body()), now, null));
      calls.add(new Call(keys, values.toArray(String[]::new)));
    }
  }

  /** Marks this run of Redis as checked, as a gateway's first write to a partition does. */
  private String check(List<Mix.Draw> draws) {
    String info = redis.commands().info("server");
    String run = info.replaceAll("(?s).*run_id:(\\p{XDigit}+).*", "$1");
    draws.stream()
        .map(draw -> draw.app().keys().state())
        .distinct()
        .forEach(state -> redis.commands().hset(state, PartitionKeys.RUN, run));
    return run;
  }

  /** Queues messages as fast as Redis accepts them, and returns messages per second. */
  public double queue(int messages) {
    long begin = System.nanoTime();
    redis.pipeline(
        IntStream.range(0, messages)
            .mapToObj(i -> calls.get(i % calls.size()))
            .map(
                call ->
                    commands ->
                        commands.evalsha(
                            script, ScriptOutputType.MULTI, call.keys(), call.values())));
    return messages * 1e9 / (System.nanoTime() - begin);
  }

  /** Queues messages one after the other, and returns the times of the calls in nanoseconds. */
  public Histogram oneByOne(int messages) {
    Histogram times = new Histogram(3);
    for (int i = 0; i < messages; i++) {
      Call call = calls.get(i % calls.size());
      long begin = System.nanoTime();
      redis.commands().evalsha(script, ScriptOutputType.MULTI, call.keys(), call.values());
      times.recordValue(System.nanoTime() - begin);
    }
    return times;
  }
}
