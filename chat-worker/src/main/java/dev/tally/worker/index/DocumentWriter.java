package dev.tally.worker.index;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.elasticsearch._types.VersionType;
import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.elasticsearch.core.BulkResponse;
import co.elastic.clients.elasticsearch.core.bulk.BulkOperation;
import co.elastic.clients.json.JsonpMapper;
import co.elastic.clients.util.BinaryData;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.springframework.data.elasticsearch.client.elc.ElasticsearchTemplate;
import org.springframework.stereotype.Component;

/** Sends messages to an index, in bulk requests of bounded size. */
@Component
public final class DocumentWriter {

  /** The most bytes in a bulk request; Elasticsearch's own limit is 100 MB. */
  static final long MAX_BULK_BYTES = 5L * 1024 * 1024;

  private final ElasticsearchTemplate elasticsearch;
  private final DocumentFormats formats;

  DocumentWriter(ElasticsearchTemplate elasticsearch, DocumentFormats formats) {
    this.elasticsearch = elasticsearch;
    this.formats = formats;
  }

  /**
   * An index to send documents to.
   *
   * @param layout its layout, which the documents get
   */
  public record Target(String name, int layout) {}

  /**
   * Sends messages to an index, as documents of its layout. A document of a later revision stays as
   * it is, so messages may be sent in any order, any number of times.
   *
   * <p>For a new index only, whose reindex may have read the messages hours ago: while that index
   * is registered, no erasure ends.
   *
   * @throws org.springframework.dao.DataAccessException if Elasticsearch does not answer, or
   *     refuses a whole request. Some of the messages may be indexed.
   * @throws IllegalArgumentException if this worker does not know the layout
   */
  public BulkAnswer write(Target index, List<Message> messages) {
    return write(index, messages, () -> {});
  }

  /**
   * Sends messages to an index like {@link #write(Target, List)}, unless they were read too long
   * ago.
   *
   * @throws org.springframework.dao.DataAccessException also if the messages must be read again.
   *     Some of them may be indexed.
   */
  public BulkAnswer write(Target index, List<Message> messages, ReadTime readAt) {
    return write(index, messages, readAt::requireFresh);
  }

  private BulkAnswer write(Target index, List<Message> messages, Runnable beforeEach) {
    DocumentFormat format = formats.of(index.layout());
    JsonpMapper mapper = elasticsearch.execute(ElasticsearchClient::_jsonpMapper);
    BulkAnswer answer = BulkAnswer.NOTHING_SENT;
    List<Message> part = new ArrayList<>();
    List<BulkOperation> operations = new ArrayList<>();
    long bytes = 0;
    for (Message message : messages) {
      BulkOperation operation = operation(format, message, mapper);
      long more = bytes(operation, mapper);
      if (!part.isEmpty() && bytes + more > MAX_BULK_BYTES) {
        beforeEach.run();
        answer = answer.plus(send(index, part, operations));
        part = new ArrayList<>();
        operations = new ArrayList<>();
        bytes = 0;
      }
      part.add(message);
      operations.add(operation);
      bytes += more;
    }
    if (part.isEmpty()) {
      return answer;
    }
    beforeEach.run();
    return answer.plus(send(index, part, operations));
  }

  private static BulkOperation operation(
      DocumentFormat format, Message message, JsonpMapper mapper) {
    DocumentName name = DocumentName.of(message);
    // As bytes: the client would make them anyway, and their number decides which request has them.
    BinaryData document = BinaryData.of(format.fields().apply(name, message), mapper);
    return BulkOperation.of(
        bulk ->
            bulk.<BinaryData>index(
                operation ->
                    operation
                        .id(name.id())
                        .routing(name.routing())
                        .version(message.revision())
                        .versionType(VersionType.ExternalGte)
                        .document(document)));
  }

  /** The bytes that an operation takes in a request: those of its two lines. */
  private static long bytes(BulkOperation operation, JsonpMapper mapper) {
    long bytes = 0;
    for (Iterator<?> lines = operation._serializables(); lines.hasNext(); ) {
      bytes += BinaryData.of(lines.next(), mapper).size() + 1;
    }
    return bytes;
  }

  private BulkAnswer send(Target index, List<Message> messages, List<BulkOperation> operations) {
    // The alias is required: a document must not create an index again that was deleted.
    BulkRequest request =
        BulkRequest.of(
            bulk ->
                bulk.index(SearchCluster.writeAlias(index.name()))
                    .requireAlias(true)
                    .operations(operations));
    BulkResponse response = elasticsearch.execute(client -> client.bulk(request));
    return BulkAnswer.of(messages, response.items());
  }
}
