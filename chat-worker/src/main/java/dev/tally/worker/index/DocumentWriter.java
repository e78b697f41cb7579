package dev.tally.worker.index;

import co.elastic.clients.elasticsearch._types.VersionType;
import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.elasticsearch.core.BulkResponse;
import java.util.ArrayList;
import java.util.List;
import org.springframework.data.elasticsearch.client.elc.ElasticsearchTemplate;
import org.springframework.stereotype.Component;

/** Sends messages to an index, in bulk requests of bounded size. */
@Component
public final class DocumentWriter {

  /** About the most bytes in a bulk request; Elasticsearch's own limit is 100 MB. */
  private static final long MAX_BULK_BYTES = 5L * 1024 * 1024;

  /** About the bytes of a document beside its body, with the line that names it. */
  private static final long FRAME_BYTES = 200;

  private static final int MAX_BYTES_PER_CHARACTER = 3;

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
    BulkAnswer answer = BulkAnswer.NOTHING_SENT;
    List<Message> part = new ArrayList<>();
    long bytes = 0;
    for (Message message : messages) {
      part.add(message);
      bytes += FRAME_BYTES + (long) MAX_BYTES_PER_CHARACTER * message.body().length();
      if (bytes >= MAX_BULK_BYTES) {
        beforeEach.run();
        answer = answer.plus(send(index, part));
        part = new ArrayList<>();
        bytes = 0;
      }
    }
    if (part.isEmpty()) {
      return answer;
    }
    beforeEach.run();
    return answer.plus(send(index, part));
  }

  private BulkAnswer send(Target index, List<Message> messages) {
    DocumentFormat format = formats.of(index.layout());
    // The alias is required: a document must not create an index again that was deleted.
    BulkRequest.Builder request =
        new BulkRequest.Builder().index(SearchCluster.writeAlias(index.name())).requireAlias(true);
    for (Message message : messages) {
      DocumentName name = DocumentName.of(message);
      request.operations(
          bulk ->
              bulk.<Object>index(
                  operation ->
                      operation
                          .id(name.id())
                          .routing(name.routing())
                          .version(message.revision())
                          .versionType(VersionType.ExternalGte)
                          .document(format.fields().apply(name, message))));
    }
    BulkResponse response = elasticsearch.execute(client -> client.bulk(request.build()));
    return BulkAnswer.of(messages, response.items());
  }
}
