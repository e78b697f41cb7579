package dev.tally.worker.position;

import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.elasticsearch.core.BulkResponse;
import co.elastic.clients.elasticsearch.core.GetResponse;
import co.elastic.clients.elasticsearch.core.bulk.BulkOperation;
import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import co.elastic.clients.util.ObjectBuilder;
import dev.tally.common.epoch.RecordedPosition;
import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.data.elasticsearch.NoSuchIndexException;
import org.springframework.data.elasticsearch.ResourceNotFoundException;
import org.springframework.data.elasticsearch.UncategorizedElasticsearchException;
import org.springframework.data.elasticsearch.client.elc.ElasticsearchTemplate;
import org.springframework.stereotype.Component;

/**
 * The recorded positions in Elasticsearch.
 *
 * <p>Methods throw {@link org.springframework.dao.DataAccessException} when Elasticsearch fails.
 */
@Component
class PositionIndex {

  static final String NAME = "tally-positions";

  /** A document is read by its id, and never searched. A single node has no copy of it. */
  private static final String DEFINITION =
      """
      {
        "settings": {
          "number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "-1"
        },
        "mappings": {
          "dynamic": "strict",
          "properties": {
            "run": { "type": "keyword", "index": false },
            "epoch": { "type": "long", "index": false },
            "position": { "type": "long", "index": false },
            "persisted": { "type": "long", "index": false }
          }
        }
      }""";

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final ElasticsearchTemplate elasticsearch;

  PositionIndex(ElasticsearchTemplate elasticsearch) {
    this.elasticsearch = elasticsearch;
  }

  /** Which write of a document is the last one. */
  record Version(long sequenceNumber, long primaryTerm) {}

  /**
   * What a document says.
   *
   * @param version null if there is no document
   */
  record Stored(RecordedPosition position, @Nullable Version version) {

    static final Stored NOTHING = new Stored(RecordedPosition.NONE, null);
  }

  /** What is recorded of a partition, visible at once. Makes the index if there is none. */
  Stored read(int partition) {
    try {
      GetResponse<RecordedPosition> found =
          elasticsearch.execute(
              client ->
                  client.get(
                      get -> get.index(NAME).id(Integer.toString(partition)),
                      RecordedPosition.class));
      RecordedPosition position = found.source();
      return position == null
          ? Stored.NOTHING
          : new Stored(position, version(found.seqNo(), found.primaryTerm()));
    } catch (NoSuchIndexException | ResourceNotFoundException e) {
      // A default mapping would not be strict.
      create();
      return Stored.NOTHING;
    }
  }

  /**
   * Records positions by partition, in one request, each in place of the version that was read or
   * written last.
   *
   * @return the versions of those that were taken: another worker has written the others, or their
   *     index is gone
   */
  Map<Integer, Version> write(Map<Integer, Stored> positions) {
    BulkRequest.Builder request = new BulkRequest.Builder().index(NAME);
    List<Integer> partitions = List.copyOf(positions.keySet());
    for (int partition : partitions) {
      Stored stored = Objects.requireNonNull(positions.get(partition));
      request.operations(bulk -> operation(bulk, Integer.toString(partition), stored));
    }
    BulkResponse response = elasticsearch.execute(client -> client.bulk(request.build()));
    Map<Integer, Version> taken = new HashMap<>();
    for (int i = 0; i < partitions.size(); i++) {
      BulkResponseItem item = response.items().get(i);
      if (item.error() == null) {
        taken.put(partitions.get(i), version(item.seqNo(), item.primaryTerm()));
      } else if (item.status() != NOT_FOUND && item.status() != CONFLICT) {
        throw new TransientDataAccessResourceException(
            "positions are not taken: " + item.error().type());
      }
    }
    return taken;
  }

  private static Version version(@Nullable Long sequenceNumber, @Nullable Long primaryTerm) {
    return new Version(Objects.requireNonNull(sequenceNumber), Objects.requireNonNull(primaryTerm));
  }

  private static ObjectBuilder<BulkOperation> operation(
      BulkOperation.Builder bulk, String id, Stored stored) {
    Version version = stored.version();
    return version == null
        ? bulk.create(operation -> operation.id(id).document(stored.position()))
        : bulk.index(
            operation ->
                operation
                    .id(id)
                    .ifSeqNo(version.sequenceNumber())
                    .ifPrimaryTerm(version.primaryTerm())
                    .document(stored.position()));
  }

  private void create() {
    try {
      elasticsearch.execute(
          client ->
              client
                  .indices()
                  .create(index -> index.index(NAME).withJson(new StringReader(DEFINITION))));
    } catch (UncategorizedElasticsearchException e) {
      if (!(e.getCause() instanceof ElasticsearchException answer)
          || !"resource_already_exists_exception".equals(answer.error().type())) {
        throw e;
      }
    }
  }
}
