package dev.tally.worker.index;

import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.elasticsearch.core.BulkResponse;
import co.elastic.clients.elasticsearch.core.bulk.BulkOperation;
import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import co.elastic.clients.elasticsearch.core.bulk.OperationType;
import co.elastic.clients.json.JsonpMapper;
import co.elastic.clients.json.jackson.Jackson3JsonpMapper;
import co.elastic.clients.transport.DefaultTransportOptions;
import co.elastic.clients.transport.ElasticsearchTransport;
import co.elastic.clients.transport.Endpoint;
import co.elastic.clients.transport.TransportOptions;
import co.elastic.clients.util.BinaryData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An Elasticsearch that takes every document, and keeps the text of each bulk request. */
final class BulkTransport implements ElasticsearchTransport {

  /** The requests, with lines as they go to the server. */
  final List<String> requests = new ArrayList<>();

  private final JsonpMapper mapper = new Jackson3JsonpMapper();

  @Override
  @SuppressWarnings("unchecked") // only bulk requests are sent
  public <R, A, E> A performRequest(
      R request, Endpoint<R, A, E> endpoint, @Nullable TransportOptions options)
      throws IOException {
    BulkRequest bulk = (BulkRequest) request;
    requests.add(text(bulk));
    List<BulkResponseItem> items =
        bulk.operations().stream()
            .map(
                operation ->
                    BulkResponseItem.of(
                        item ->
                            item.operationType(OperationType.Index)
                                .index("index")
                                .id(operation.index().id())
                                .status(201)))
            .toList();
    return (A) BulkResponse.of(answer -> answer.errors(false).took(1).items(items));
  }

  /** As the client's own transport does. */
  private String text(BulkRequest bulk) throws IOException {
    StringBuilder text = new StringBuilder();
    for (BulkOperation operation : bulk.operations()) {
      for (var lines = operation._serializables(); lines.hasNext(); ) {
        ByteBuffer line = BinaryData.of(lines.next(), mapper).asByteBuffer();
        text.append(StandardCharsets.UTF_8.decode(line)).append('\n');
      }
    }
    return text.toString();
  }

  @Override
  public <R, A, E> CompletableFuture<A> performRequestAsync(
      R request, Endpoint<R, A, E> endpoint, @Nullable TransportOptions options) {
    throw new UnsupportedOperationException("a bulk request waits for its answer");
  }

  @Override
  public JsonpMapper jsonpMapper() {
    return mapper;
  }

  @Override
  public TransportOptions options() {
    return DefaultTransportOptions.EMPTY;
  }

  @Override
  public void close() {
    // There is no connection.
  }
}
