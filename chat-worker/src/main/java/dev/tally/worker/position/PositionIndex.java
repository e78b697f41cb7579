package dev.tally.worker.position;

import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.elasticsearch.core.BulkResponse;
import dev.tally.common.epoch.RecordedPosition;
import java.io.StringReader;
import java.util.Map;
import java.util.Objects;
import org.springframework.context.annotation.Profile;
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
@Profile("service")
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

  private final ElasticsearchTemplate elasticsearch;

  PositionIndex(ElasticsearchTemplate elasticsearch) {
    this.elasticsearch = elasticsearch;
  }

  /** What is recorded of a partition, visible at once. */
  RecordedPosition read(int partition) {
    try {
      RecordedPosition recorded =
          elasticsearch
              .execute(
                  client ->
                      client.get(
                          get -> get.index(NAME).id(Integer.toString(partition)),
                          RecordedPosition.class))
              .source();
      return Objects.requireNonNullElse(recorded, RecordedPosition.NONE);
    } catch (NoSuchIndexException | ResourceNotFoundException e) {
      return RecordedPosition.NONE;
    }
  }

  /** Records positions by partition, in one request. Makes the index if there is none. */
  void write(Map<Integer, RecordedPosition> positions) {
    // The index is required: a default mapping would not be strict.
    if (send(positions) == NOT_FOUND) {
      create();
      send(positions);
    }
  }

  private int send(Map<Integer, RecordedPosition> positions) {
    BulkRequest.Builder request = new BulkRequest.Builder().index(NAME);
    positions.forEach(
        (partition, position) ->
            request.operations(
                bulk ->
                    bulk.<RecordedPosition>index(
                        operation ->
                            operation.id(Integer.toString(partition)).document(position))));
    BulkResponse response = elasticsearch.execute(client -> client.bulk(request.build()));
    return response.items().stream()
        .mapToInt(
            item -> {
              if (item.error() != null && item.status() != NOT_FOUND) {
                throw new TransientDataAccessResourceException(
                    "positions are not taken: " + item.error().type());
              }
              return item.status();
            })
        .max()
        .orElse(0);
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
