package dev.tally.bench.search;

import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.load.Target;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Interleaved;
import dev.tally.bench.report.Table;
import dev.tally.bench.section.Contender;
import dev.tally.bench.section.Section;
import dev.tally.bench.section.Setting;
import dev.tally.bench.system.Dataset;
import dev.tally.bench.system.Drainage;
import dev.tally.bench.system.Text;
import dev.tally.testkit.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Compares searches of a short and a long chat with the same queries to Elasticsearch itself. */
public final class SearchSection implements Section {

  private static final int SHORT = 10;
  private static final int QUERIES = 40;
  private static final String ALONE = "the query alone";

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
    List<String> paths = paths(app, chat);
    Contender ours = setting.contender(api, paths.stream().map(HttpFormat::get).toList());
    List<byte[]> queries = SearchQueries.behind(setting.services(), paths);
    Target search = Target.http(setting.servers().search().port(), queries);
    Contender direct =
        new Contender(search, () -> Duration.ZERO, setting.scale(), Contender.NOTHING);
    String name = "search a chat of %,d".formatted(messages);
    new Interleaved()
        .add("ours", ours::measure)
        .add(ALONE, direct::measure)
        .run(setting.scale().rounds())
        .addTo(table, name, "ours", "1/s", ALONE, new Goal.AtLeast(0.7));
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
