package dev.tally.bench;

import dev.tally.bench.load.Http;
import dev.tally.bench.load.Target;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Interleaved;
import dev.tally.bench.report.Table;
import dev.tally.bench.system.Dataset;
import dev.tally.bench.system.Text;
import dev.tally.testkit.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Compares searches of a short and a long chat with the same queries to Elasticsearch itself. */
final class SearchSection implements Section {

  private static final int SHORT = 10;
  private static final int QUERIES = 40;

  @Override
  public String name() {
    return "search";
  }

  @Override
  public void run(Setting setting, Table table) {
    int many = setting.scale().searchMessages();
    Dataset dataset = new Dataset(setting.servers());
    Dataset.App app = dataset.apps(1, 2).getFirst();
    dataset.fill(app, 1, SHORT);
    dataset.fill(app, 2, many);
    try (Service worker = setting.services().worker()) {
      dataset.index(app, 1, SHORT);
      dataset.index(app, 2, many);
      Duration indexed = new Drainage(setting.servers(), List.of(worker)).awaitSearch();
      table.note("search: %,d messages indexed in %d s".formatted(many, indexed.toSeconds()));
    }
    setting.servers().search().refresh();
    try (Service api = setting.services().api()) {
      measure(setting, table, api, app, 1, SHORT);
      measure(setting, table, api, app, 2, many);
    }
  }

  private static void measure(
      Setting setting, Table table, Service api, Dataset.App app, long chat, int messages) {
    Scale scale = setting.scale();
    List<String> paths = paths(app, chat);
    Contender ours =
        new Contender(
            Target.http(api.port(), paths.stream().map(Http::get).toList()),
            api::cpu,
            scale,
            () -> {});
    Contender direct =
        new Contender(
            Target.http(
                setting.servers().search().port(), SearchQueries.behind(setting.services(), paths)),
            () -> Duration.ZERO,
            scale,
            () -> {});
    table.add(
        new Interleaved()
            .add("ours", ours::measure)
            .add("direct", direct::measure)
            .run(scale.rounds())
            .row(
                "search a chat of %,d".formatted(messages),
                "ours",
                "1/s",
                "the query alone",
                "direct",
                new Goal.AtLeast(0.7)));
  }

  /** Searches for two words of one of the first messages. */
  private static List<String> paths(Dataset.App app, long chat) {
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < QUERIES; i++) {
      String[] words = Text.body(1 + i % SHORT).split(" ", -1);
      paths.add(
          "/apps/%s/chats/%d/search?q=%s+%s"
              .formatted(app.token().value(), chat, words[1], words[3 + i / SHORT % 2]));
    }
    return paths;
  }
}
