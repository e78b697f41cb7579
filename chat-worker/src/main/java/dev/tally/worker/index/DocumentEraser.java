package dev.tally.worker.index;

import co.elastic.clients.elasticsearch._types.query_dsl.Query;
import co.elastic.clients.elasticsearch.core.BulkResponse;
import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.elasticsearch.core.SearchResponse;
import co.elastic.clients.elasticsearch.core.bulk.BulkOperation;
import dev.tally.common.identity.AppToken;
import dev.tally.common.search.AppDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.data.elasticsearch.NoSuchIndexException;
import org.springframework.data.elasticsearch.client.elc.ElasticsearchTemplate;
import org.springframework.stereotype.Component;

/**
 * Deletes the documents of a chat or an app that is erased. Unlike those of deleted messages, they
 * need not stay for their versions: nothing reads a text of theirs in MySQL any more.
 */
@Component
public final class DocumentEraser {

  /** Most documents in one request. */
  private static final int STEP = 1_000;

  private final ElasticsearchTemplate elasticsearch;
  private final SearchCluster cluster;

  DocumentEraser(ElasticsearchTemplate elasticsearch, SearchCluster cluster) {
    this.elasticsearch = elasticsearch;
    this.cluster = cluster;
  }

  /**
   * Deletes some of the documents.
   *
   * @param index an index that may be missing: then it has no documents
   * @param chat the chat's number; null for all chats of the app
   * @return how many documents were met; 0 if there are none left
   * @throws org.springframework.dao.DataAccessException if Elasticsearch does not answer, or does
   *     not delete a document
   */
  public long eraseSome(String index, AppToken app, @Nullable Long chat) {
    String digest = AppDigest.of(app).value();
    List<Query> fields = new ArrayList<>();
    fields.add(Query.of(query -> query.term(term -> term.field("digest").value(digest))));
    if (chat != null) {
      fields.add(Query.of(query -> query.term(term -> term.field("chat").value(chat))));
    }
    try {
      // Searches do not find what was written a moment ago.
      cluster.refresh(index);
    } catch (NoSuchIndexException e) {
      return 0;
    }
    List<String> ids =
        elasticsearch.execute(
            client -> ids(client.search(some(index, digest, fields), Void.class)));
    if (!ids.isEmpty()) {
      delete(index, digest, ids);
    }
    return ids.size();
  }

  private static SearchRequest some(String index, String digest, List<Query> fields) {
    return SearchRequest.of(
        search ->
            search
                .index(index)
                .routing(digest)
                .query(query -> query.bool(all -> all.filter(fields)))
                .source(source -> source.fetch(false))
                .trackTotalHits(total -> total.enabled(false))
                .size(STEP));
  }

  private static List<String> ids(SearchResponse<Void> found) {
    return found.hits().hits().stream().map(hit -> Objects.requireNonNull(hit.id())).toList();
  }

  /** By their ids: a deletion by query fails for documents of version 0. */
  private void delete(String index, String digest, List<String> ids) {
    List<BulkOperation> deletions =
        ids.stream()
            .map(id -> BulkOperation.of(one -> one.delete(of -> of.id(id).routing(digest))))
            .toList();
    BulkResponse answer =
        elasticsearch.execute(
            client -> client.bulk(request -> request.index(index).operations(deletions)));
    if (answer.errors()) {
      throw new TransientDataAccessResourceException(
          "index %s does not delete all of %d documents".formatted(index, ids.size()));
    }
  }
}
