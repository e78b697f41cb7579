package dev.tally.system.contract.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.http.EventStream;
import dev.tally.testkit.http.Http;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A stream has every message once and in order, even when connections, hints, APIs or readers fail.
 */
class StreamFaultsIT extends StreamFixture {

  @Test
  void aReaderThatIsCutOffAgainAndAgainGetsEveryMessageOnce() throws Exception {
    List<Long> got = new ArrayList<>();
    int count;
    int cuts = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> written = threads.submit(() -> write(4, 100));
      EventStream stream = EventStream.open(url());
      for (; !written.isDone(); cuts++) {
        EventStream old = stream;
        int some = ThreadLocalRandom.current().nextInt(1, 4);
        await().until(() -> old.events().size() >= some || written.isDone());
        old.close();
        await().until(old::isEnded);
        got.addAll(old.numbers());
        stream = EventStream.open(url(), "Last-Event-ID", Integer.toString(got.size()));
      }
      count = written.get();
      got.addAll(closed(stream).awaitEvents(count - got.size()).numbers());
    }

    assertThat(cuts).isPositive();
    assertThat(got).isEqualTo(oneTo(count));
  }

  @Test
  void aReaderContinuesAtAnotherApiWhenItsOwnRestarts() throws Exception {
    List<Long> got = new ArrayList<>();
    int count;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> written = threads.submit(() -> write(4, 200));
      // This web server waits a minute for requests under way.
      ConfigurableApplicationContext first =
          running.startApi("--spring.lifecycle.timeout-per-shutdown-phase=1m");
      EventStream stream = closed(EventStream.open(url(first))).awaitEvents(10);

      Future<?> stopped = threads.submit(first::close);
      await().atMost(Duration.ofSeconds(40)).until(stream::isEnded);
      stopped.get();

      assertThat(stream.isWhole()).isTrue();
      got.addAll(stream.numbers());
      EventStream next = closed(stream.resume(url(api())));
      count = written.get();
      got.addAll(next.awaitEvents(count - got.size()).numbers());
    }

    assertThat(got).isEqualTo(oneTo(count));
  }

  @Test
  void streamsWorkWithoutRedisAndUseHintsAgainWhenItIsBack() throws Exception {
    Server redis = running.servers().killable(ServerKind.REDIS);
    ConfigurableApplicationContext before = api();
    EventStream stream = closed(EventStream.open(url(before)));
    take(20);
    insert(1, 10, "hi");
    stream.awaitEvents(10);
    ConfigurableApplicationContext meanwhile;
    EventStream opened;
    redis.kill();
    try {
      meanwhile = api();
      opened = closed(EventStream.open(url(meanwhile)));
      insert(11, 10, "hi");
      assertThat(stream.awaitEvents(20).numbers()).isEqualTo(oneTo(20));
      assertThat(opened.awaitEvents(20).numbers()).isEqualTo(oneTo(20));
    } finally {
      redis.start();
    }

    for (ConfigurableApplicationContext api : List.of(before, meanwhile)) {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                knock();
                return metric(api, "tally_streams_woken_total", "by=\"hint\"") > 0;
              });
    }
    int last = (int) tally.say(app, chat, "come in");
    assertThat(stream.awaitEvents(last).numbers()).isEqualTo(oneTo(last));
    assertThat(opened.awaitEvents(last).numbers()).isEqualTo(oneTo(last));
  }

  @Test
  void aStreamOutlivesMySql() {
    Server mariaDb = running.servers().killable(ServerKind.MARIADB);
    ConfigurableApplicationContext api = api("--tally.api.stream.heartbeat=200ms");
    EventStream stream = closed(EventStream.open(url(api)));
    mariaDb.kill();
    long last;
    try {
      Http.get(url(api)).isProblem(503, "unavailable", "Service unavailable");
      int before = stream.heartbeats();
      last = tally.say(app, chat, "accepted while MySQL is away");
      await().until(() -> stream.heartbeats() > before + 5);
    } finally {
      mariaDb.start();
    }

    assertThat(stream.awaitEvents((int) last).numbers()).isEqualTo(oneTo((int) last));
  }
}
