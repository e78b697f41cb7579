package dev.tally.worker.index;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.elasticsearch.core.BulkResponse;
import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import co.elastic.clients.elasticsearch.indices.IndexSettings;
import co.elastic.clients.elasticsearch.indices.IndexState;
import dev.tally.common.identity.MessageKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The worker's requests to Elasticsearch. Searches go to the alias {@value #SEARCHED}. Documents go
 * to an alias that each index has of its own, and only if that alias exists: a document must not
 * create an index again that was deleted.
 *
 * <p>Methods throw {@link UncheckedIOException} or {@link ElasticsearchException} when
 * Elasticsearch fails.
 */
@Component
public final class SearchCluster {

  /** The alias that searches are sent to. */
  public static final String SEARCHED = "tally-messages";

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmssSSS").withZone(ZoneOffset.UTC);

  /** About the most bytes in a bulk request; Elasticsearch's own limit is 100 MB. */
  private static final long MAX_BULK_BYTES = 5L * 1024 * 1024;

  private final ElasticsearchClient client;
  private final SearchProperties properties;

  SearchCluster(ElasticsearchClient client, SearchProperties properties) {
    this.client = client;
    this.properties = properties;
  }

  /** A name that no index has had. */
  public static String newName() {
    return SEARCHED + "-" + STAMP.format(Instant.now());
  }

  /** Creates an index, unless one of this name exists. */
  public void create(String name) {
    try {
      String definition = definition();
      client
          .indices()
          .create(
              index ->
                  index
                      .index(name)
                      .withJson(new StringReader(definition))
                      .aliases(writeAlias(name), alias -> alias));
    } catch (ElasticsearchException e) {
      if (!"resource_already_exists_exception".equals(e.error().type())) {
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String definition() throws IOException {
    try (InputStream in = new ClassPathResource("search/index.json").getInputStream()) {
      ObjectNode definition = (ObjectNode) JsonMapper.shared().readTree(in);
      definition
          .withObjectProperty("settings")
          .put("number_of_shards", properties.shards())
          .put("number_of_replicas", properties.replicas());
      return definition.toString();
    }
  }

  /** The UUID that Elasticsearch gave an index, empty if there is none of this name. */
  public Optional<String> indexUuid(String name) {
    try {
      Map<String, IndexState> found =
          client
              .indices()
              .getSettings(index -> index.index(name).ignoreUnavailable(true))
              .settings();
      IndexState state = found.get(name);
      IndexSettings settings = state == null ? null : state.settings();
      IndexSettings index = settings == null ? null : settings.index();
      return index == null ? Optional.empty() : Optional.ofNullable(index.uuid());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes searches go to this index and to no other, in one step. */
  public void search(String name) {
    try {
      client
          .indices()
          .updateAliases(
              update ->
                  update
                      .actions(
                          action ->
                              action.remove(
                                  remove ->
                                      remove
                                          .index(SEARCHED + "-*")
                                          .alias(SEARCHED)
                                          .mustExist(false)))
                      .actions(action -> action.add(add -> add.index(name).alias(SEARCHED))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The indexes that searches go to: exactly one, unless something is damaged. */
  public Set<String> searched() {
    try {
      return client
          .indices()
          .getAlias(alias -> alias.name(SEARCHED).ignoreUnavailable(true))
          .aliases()
          .keySet();
    } catch (ElasticsearchException e) {
      if (e.status() == 404) {
        return Set.of();
      }
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes an index if it exists. */
  public void delete(String name) {
    try {
      client.indices().delete(index -> index.index(name).ignoreUnavailable(true));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes all documents of an index visible to searches. */
  public void refresh(String name) {
    try {
      client.indices().refresh(index -> index.index(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What an index did not take.
   *
   * @param indexMissing the index, or its own alias, does not exist
   * @param overloaded the index may take the same documents later
   * @param documents the messages whose documents it refused
   * @param reason the type of the first refusal; "" if there is none
   */
  public record Refused(
      boolean indexMissing, boolean overloaded, Set<MessageKey> documents, String reason) {

    public static final Refused NOTHING = new Refused(false, false, Set.of(), "");
  }

  /**
   * Sends messages to an index. A document that exists already keeps its content, because messages
   * never change.
   */
  public Refused index(String name, List<Message> messages) {
    Refused refused = Refused.NOTHING;
    List<Message> part = new ArrayList<>();
    long bytes = 0;
    for (Message message : messages) {
      bytes += 3L * message.body().length() + 200;
      part.add(message);
      if (bytes >= MAX_BULK_BYTES) {
        refused = plus(refused, bulk(name, part));
        part = new ArrayList<>();
        bytes = 0;
      }
    }
    return part.isEmpty() ? refused : plus(refused, bulk(name, part));
  }

  private Refused bulk(String name, List<Message> messages) {
    BulkRequest.Builder request =
        new BulkRequest.Builder().index(writeAlias(name)).requireAlias(true);
    for (Message message : messages) {
      request.operations(
          operation ->
              operation.<Document>index(
                  index ->
                      index
                          .id(Document.id(message.key()))
                          .routing(Document.routing(message.key().chat()))
                          .document(Document.of(message))));
    }
    BulkResponse response;
    try {
      response = client.bulk(request.build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!response.errors()) {
      return Refused.NOTHING;
    }
    boolean missing = false;
    boolean overloaded = false;
    String reason = "";
    Set<MessageKey> documents = new HashSet<>();
    for (int i = 0; i < messages.size(); i++) {
      BulkResponseItem item = response.items().get(i);
      if (item.error() == null) {
        continue;
      }
      missing |= item.status() == 404;
      overloaded |= item.status() == 429 || item.status() >= 500;
      if (reason.isEmpty()) {
        // The type only: Elasticsearch's reason may quote the message.
        reason = String.valueOf(item.error().type());
      }
      documents.add(messages.get(i).key());
    }
    return new Refused(missing, overloaded, documents, reason);
  }

  private static Refused plus(Refused one, Refused other) {
    Set<MessageKey> documents = new HashSet<>(one.documents());
    documents.addAll(other.documents());
    return new Refused(
        one.indexMissing() || other.indexMissing(),
        one.overloaded() || other.overloaded(),
        documents,
        one.reason().isEmpty() ? other.reason() : one.reason());
  }

  private static String writeAlias(String name) {
    return name + "-write";
  }
}
