package dev.tally.bench.read;

import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Interleaved;
import dev.tally.bench.report.Table;
import dev.tally.bench.section.Contender;
import dev.tally.bench.section.Section;
import dev.tally.bench.section.Setting;
import dev.tally.bench.stub.StubServer;
import dev.tally.bench.system.Dataset;
import dev.tally.testkit.Database;
import dev.tally.testkit.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Measures reads of a random message, of a message that was read before, and of the first and the
 * last page of a long chat. Compares them with an empty endpoint and with the bare SQL.
 */
public final class ReadSection implements Section {

  /** A number of messages that the API can remember. */
  private static final int AGAIN = 5_000;

  /** A number of messages of which the API can remember only a few. */
  private static final int ANY = 400_000;

  private static final int PAGE = 100;
  private static final String ONE =
      "SELECT number, body, created_at FROM messages WHERE app_id = ? AND chat_number = ?"
          + " AND number = ?";
  private static final String SOME =
      "SELECT number, body, created_at FROM messages WHERE app_id = ? AND chat_number = ?"
          + " AND number > ? ORDER BY number LIMIT ?";
  private static final String EMPTY = "empty endpoint";
  private static final String FIRST = "the first page";

  @Override
  public String name() {
    return "read";
  }

  @Override
  public void run(Setting setting, Table table) {
    Dataset dataset = new Dataset(setting.servers());
    Dataset.App app = dataset.apps(1, 1).getFirst();
    long messages = setting.scale().chatMessages();
    long lastPage = messages - PAGE;
    dataset.fill(app, 1, messages);
    Database database = setting.servers().database();
    Duration round = setting.scale().round();
    try (Service api = setting.services().api();
        Service stub = StubServer.start(setting.services())) {
      Contender empty = setting.contender(stub, List.of(HttpFormat.get("/empty")));
      Contender one = setting.contender(api, single(app, messages, ANY));
      Contender again = setting.contender(api, single(app, messages, AGAIN));
      Contender first = setting.contender(api, List.of(page(app, 0)));
      Contender last = setting.contender(api, List.of(page(app, lastPage)));
      SqlLoad oneSql =
          new SqlLoad(database, ONE, random -> List.of(app.id(), 1, 1 + random.nextLong(messages)));
      SqlLoad pageSql = new SqlLoad(database, SOME, random -> List.of(app.id(), 1, lastPage, PAGE));
      Interleaved.Figures figures =
          new Interleaved()
              .add(EMPTY, empty::measure)
              .add("empty/cpu", empty::perCpuSecond)
              .add("one", one::measure)
              .add("one/cpu", one::perCpuSecond)
              .add("again", again::measure)
              .add("again/cpu", again::perCpuSecond)
              .add("one, SQL", () -> oneSql.measure(round))
              .add(FIRST, first::measure)
              .add("last", last::measure)
              .add("page, SQL", () -> pageSql.measure(round))
              .run(setting.scale().rounds());
      add(table, figures, 1 + lastPage / PAGE);
    }
  }

  private static void add(Table table, Interleaved.Figures figures, long lastPage) {
    Goal none = new Goal.None();
    double[] emptyCpu = figures.of("empty/cpu");
    String one = "read one message";
    figures.addTo(table, one, "one", "1/s", EMPTY, new Goal.AtLeast(0.7));
    table.add(one, figures.of("one"), "1/s", "bare SQL", figures.of("one, SQL"), none);
    one += ", a CPU second of the API";
    table.add(one, figures.of("one/cpu"), "1", EMPTY, emptyCpu, none);
    String again = "read one of %,d messages again".formatted(AGAIN);
    figures.addTo(table, again, "again", "1/s", EMPTY, new Goal.AtLeast(0.7));
    again += ", a CPU second of the API";
    table.add(again, figures.of("again/cpu"), "1", EMPTY, emptyCpu, none);
    figures.addTo(table, "read the first page of %d".formatted(PAGE), FIRST, "1/s", EMPTY, none);
    String last = "read page %,d of %d".formatted(lastPage, PAGE);
    table.add(last, figures.of("last"), "1/s", "bare SQL", figures.of("page, SQL"), none);
    figures.addTo(table, last, "last", "1/s", FIRST, new Goal.AtLeast(0.8));
  }

  private static List<byte[]> single(Dataset.App app, long messages, int requests) {
    Random random = new Random(1);
    List<byte[]> reads = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      reads.add(HttpFormat.get(app.messagesPath(1) + "/" + (1 + random.nextLong(messages))));
    }
    return reads;
  }

  private static byte[] page(Dataset.App app, long after) {
    return HttpFormat.get("%s?limit=%d&after=%d".formatted(app.messagesPath(1), PAGE, after));
  }
}
