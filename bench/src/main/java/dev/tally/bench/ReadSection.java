package dev.tally.bench;

import dev.tally.bench.load.Http;
import dev.tally.bench.load.Target;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Interleaved;
import dev.tally.bench.report.Table;
import dev.tally.bench.stub.StubServer;
import dev.tally.bench.system.Dataset;
import dev.tally.testkit.Database;
import dev.tally.testkit.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Measures reads of a random message, of a message that was read before, and of the first and the
 * last page of a long chat. Compares them with an empty endpoint and with the bare SQL.
 */
final class ReadSection implements Section {

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

  @Override
  public String name() {
    return "read";
  }

  @Override
  public void run(Setting setting, Table table) {
    Scale scale = setting.scale();
    Dataset dataset = new Dataset(setting.servers());
    Dataset.App app = dataset.apps(1, 1).getFirst();
    long messages = scale.chatMessages();
    long lastPage = messages - PAGE;
    dataset.fill(app, 1, messages);
    Database database = setting.servers().database();
    try (Service api = setting.services().api();
        Service stub = StubServer.start(setting.services())) {
      Contender empty = contender(stub, scale, List.of(Http.get("/empty")));
      Contender one = contender(api, scale, single(app, messages, ANY));
      Contender again = contender(api, scale, single(app, messages, AGAIN));
      Contender first = contender(api, scale, List.of(page(app, 0)));
      Contender last = contender(api, scale, List.of(page(app, lastPage)));
      SqlLoad oneSql =
          new SqlLoad(database, ONE, random -> List.of(app.id(), 1, 1 + random.nextLong(messages)));
      SqlLoad pageSql = new SqlLoad(database, SOME, random -> List.of(app.id(), 1, lastPage, PAGE));

      Interleaved.Figures figures =
          new Interleaved()
              .add("empty", empty::measure)
              .add("empty/cpu", empty::perCpuSecond)
              .add("one", one::measure)
              .add("one/cpu", one::perCpuSecond)
              .add("again", again::measure)
              .add("again/cpu", again::perCpuSecond)
              .add("one, SQL", () -> oneSql.measure(scale.round()))
              .add("first", first::measure)
              .add("last", last::measure)
              .add("page, SQL", () -> pageSql.measure(scale.round()))
              .run(scale.rounds());
      table.add(
          figures.row("read one message", "one", "1/s", "empty endpoint", "empty", least(0.7)));
      table.add(
          figures.row("read one message", "one", "1/s", "bare SQL", "one, SQL", new Goal.None()));
      table.add(
          figures.row(
              "read one message, a CPU second of the API",
              "one/cpu",
              "1",
              "empty endpoint",
              "empty/cpu",
              new Goal.None()));
      String reread = "read one of %,d messages again".formatted(AGAIN);
      table.add(figures.row(reread, "again", "1/s", "empty endpoint", "empty", least(0.7)));
      table.add(
          figures.row(
              reread + ", a CPU second of the API",
              "again/cpu",
              "1",
              "empty endpoint",
              "empty/cpu",
              new Goal.None()));
      table.add(
          figures.row(
              "read the first page of %d".formatted(PAGE),
              "first",
              "1/s",
              "empty endpoint",
              "empty",
              new Goal.None()));
      table.add(
          figures.row(
              "read page %,d of %d".formatted(1 + lastPage / PAGE, PAGE),
              "last",
              "1/s",
              "bare SQL",
              "page, SQL",
              new Goal.None()));
      table.add(
          figures.row(
              "read page %,d of %d".formatted(1 + lastPage / PAGE, PAGE),
              "last",
              "1/s",
              "the first page",
              "first",
              least(0.8)));
    }
  }

  private static Goal least(double ratio) {
    return new Goal.AtLeast(ratio);
  }

  private static Contender contender(Service service, Scale scale, List<byte[]> requests) {
    return new Contender(Target.http(service.port(), requests), service::cpu, scale, () -> {});
  }

  private static List<byte[]> single(Dataset.App app, long messages, int requests) {
    Random random = new Random(1);
    List<byte[]> reads = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      reads.add(Http.get(app.messagesPath(1) + "/" + (1 + random.nextLong(messages))));
    }
    return reads;
  }

  private static byte[] page(Dataset.App app, long after) {
    return Http.get("%s?limit=%d&after=%d".formatted(app.messagesPath(1), PAGE, after));
  }
}
