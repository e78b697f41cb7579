package dev.tally.bench.system;

import dev.tally.bench.load.LoadGenerator;
import dev.tally.bench.load.RedisFormat;
import dev.tally.bench.load.Target;
import dev.tally.common.queue.JobCodec;
import dev.tally.testkit.RedisServer;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.script.RedisScript;

/** Calls {@code accept.lua} as the gateway does, but without a gateway. */
public final class AcceptCalls {

  /** The number of calls in a pipeline. */
  public static final int PIPELINE = 50;

  private static final String NO_LIMIT = "100000000000";
  private static final int CONNECTIONS = 2;

  private final RedisServer redis;
  private final List<byte[]> calls = new ArrayList<>();

  public AcceptCalls(RedisServer redis, List<Mix.Draw> draws) {
    this.redis = redis;
    String script =
        redis
            .commands()
            .scriptLoad(
                RedisScript.of(new ClassPathResource("lua/accept.lua")).getScriptAsString());
    JobCodec codec = new JobCodec();
    Instant now = Instant.now();
    for (Mix.Draw draw : draws) {
      calls.add(
          RedisFormat.command(
              List.of(
                  "EVALSHA",
                  script,
                  "4",
                  draw.app().keys().messages(draw.app().chat(draw.chat())),
                  draw.app().keys().waiting(),
                  draw.app().keys().jobs(draw.app().token()),
                  draw.app().keys().ring(),
                  draw.app().token().value(),
                  NO_LIMIT,
                  NO_LIMIT,
                  NO_LIMIT,
                  NO_LIMIT,
                  "1000",
                  "",
                  "86400000",
                  "",
                  "",
                  codec.openMessage(draw.app().chat(draw.chat()), draw.body(), now, null))));
    }
  }

  /** Load with one call in each round trip. */
  public Target single() {
    return Target.redis(redis.url(), calls, 1);
  }

  /** Load with {@value #PIPELINE} calls in each round trip. */
  public Target pipelined() {
    List<byte[]> pipelines = new ArrayList<>();
    for (int i = 0; i + PIPELINE <= calls.size(); i += PIPELINE) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      calls.subList(i, i + PIPELINE).forEach(out::writeBytes);
      pipelines.add(out.toByteArray());
    }
    return Target.redis(redis.url(), pipelines, PIPELINE);
  }

  /**
   * Queues messages as fast as Redis accepts them.
   *
   * @param messages a multiple of {@value #PIPELINE}
   */
  public void queue(int messages) {
    long queued = LoadGenerator.requests(pipelined(), CONNECTIONS, messages / PIPELINE).answers();
    if (queued != messages) {
      throw new IllegalStateException(
          "only %,d of %,d messages were queued".formatted(queued, messages));
    }
  }
}
