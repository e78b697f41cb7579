package dev.tally.worker.erase;

import dev.tally.common.accept.JobQueue;
import dev.tally.common.partition.RedisLayout;
import dev.tally.worker.ChatWorker;
import dev.tally.worker.WorkerFixture;
import dev.tally.worker.index.DocumentEraser;
import dev.tally.worker.index.lifecycle.SearchIndexes;
import dev.tally.worker.numbers.DeletedParents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;

/** Turns of workers that have just been started: each knows nothing but the tables. */
final class EraseTurns implements AutoCloseable {

  private static final Set<Integer> ALL =
      IntStream.range(0, 16).boxed().collect(Collectors.toSet());
  private static final Duration SETTLE = Duration.ofMinutes(2);

  private final WorkerFixture worker;
  private @Nullable ConfigurableApplicationContext away;

  EraseTurns(WorkerFixture worker) {
    this.worker = worker;
  }

  void turn(DocumentEraser documents) {
    eraser(documents, Duration.ofHours(1)).turn();
  }

  /** One whose turns give each app this share of the time. */
  Eraser eraser(DocumentEraser documents, Duration share) {
    Erasures erasures = bean(Erasures.class);
    EraseMetrics metrics = bean(EraseMetrics.class);
    DeletionSteps deletions =
        new DeletionSteps(
            erasures,
            bean(Rows.class),
            documents,
            bean(SearchIndexes.class),
            bean(RedisTraces.class),
            bean(RedisLayout.class),
            bean(DeletedParents.class),
            metrics);
    AuthorSteps authors =
        new AuthorSteps(
            erasures,
            worker.mysql,
            bean(JobQueue.class),
            worker.codec,
            bean(DeletedParents.class),
            metrics);
    return new Eraser(
        erasures,
        deletions,
        authors,
        new HistorySteps(erasures, worker.mysql, bean(PlatformTransactionManager.class), metrics),
        () -> ALL,
        bean(RedisLayout.class),
        new EraseProperties(SETTLE),
        share);
  }

  /** Deletes documents in an Elasticsearch that does not answer. */
  DocumentEraser withoutElasticsearch() {
    List<String> arguments = new ArrayList<>(worker.servers.arguments());
    arguments.add("--spring.elasticsearch.uris=http://127.0.0.1:1");
    away = ChatWorker.forCommand(arguments.toArray(String[]::new));
    return away.getBean(DocumentEraser.class);
  }

  private <T> T bean(Class<T> type) {
    return worker.worker.getBean(type);
  }

  @Override
  public void close() {
    if (away != null) {
      away.close();
    }
  }
}
