package dev.tally.bench.section;

import dev.tally.bench.data.Dataset;
import dev.tally.bench.data.Text;
import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.load.Target;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Rounds;
import dev.tally.bench.report.Series;
import dev.tally.bench.system.Contender;
import dev.tally.bench.system.Run;
import dev.tally.testkit.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Compares searches of a short and a long chat with the same queries to Elasticsearch itself. */
public final class SearchSection {

  private static final int SHORT = 10;
  private static final int QUERIES = 40;

  private SearchSection() {}

  /** Measures and adds the rows. */
  public static void search(Run run) {
    int many = run.scale().chatMessages() / 10;
    Dataset dataset = new Dataset(run.servers());
    Dataset.App small = dataset.apps(1, 1, SHORT).getFirst();
    Dataset.App large = dataset.apps(1, 1, many).getFirst();
    try (Service _ = run.services().worker()) {
      dataset.index(small);
      dataset.index(large);
      Duration indexed = run.queues().awaitSearch();
      run.table().note("search: %,d messages indexed in %d s".formatted(many, indexed.toSeconds()));
    }
    run.servers().search().refresh();
    try (Service api = run.services().api()) {
      search(run, api, small, SHORT);
      search(run, api, large, many);
    }
  }

  private static void search(Run run, Service api, Dataset.App app, int messages) {
    List<String> paths = paths(app);
    Contender apiLoad = run.contender(api, paths.stream().map(HttpFormat::get).toList());
    List<byte[]> queries = SearchQueries.behind(run.services(), paths);
    Target elasticsearch = new Target(run.servers().search().port(), queries);
    Contender alone = new Contender(elasticsearch, () -> Duration.ZERO, run.scale(), () -> {});
    Rounds rounds = new Rounds();
    Series search = rounds.add("search", "1/s", apiLoad::measure);
    Series query = rounds.add("the query alone", "1/s", alone::measure);
    rounds.run(run.scale().rounds());
    String title = "search a chat of %,d".formatted(messages);
    run.table().add(title, search, query, new Goal.AtLeast(0.7));
  }

  /** Searches for two words of one of the first messages. */
  private static List<String> paths(Dataset.App app) {
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < QUERIES; i++) {
      String[] words = Text.body(1 + i % SHORT).split(" ", -1);
      String word = words[3 + i / SHORT % 2];
      paths.add("%s/search?q=%s+%s".formatted(app.messagesPath(1), words[1], word));
    }
    return paths;
  }
}
