package dev.tally.worker.index;

import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.elasticsearch.NoSuchIndexException;
import org.springframework.data.elasticsearch.ResourceNotFoundException;
import org.springframework.data.elasticsearch.UncategorizedElasticsearchException;
import org.springframework.data.elasticsearch.client.elc.ElasticsearchTemplate;
import org.springframework.data.elasticsearch.core.IndexOperations;
import org.springframework.data.elasticsearch.core.mapping.IndexCoordinates;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The indexes in Elasticsearch and their aliases. The alias {@value #SEARCHED} leads to the live
 * index; an API asks that by its name, which MySQL records together with the layout. Documents go
 * to an alias that each index has of its own.
 *
 * <p>Methods throw {@link org.springframework.dao.DataAccessException} when Elasticsearch fails.
 */
@Component
public final class SearchCluster {

  /** The alias of the live index: for {@code verify}, for older APIs, and for people. */
  public static final String SEARCHED = "tally-messages";

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmssSSS").withZone(ZoneOffset.UTC);

  /** What {@link #newName} returns. */
  private static final Pattern NAME = Pattern.compile(Pattern.quote(SEARCHED) + "-\\d{17}");

  private final ElasticsearchTemplate elasticsearch;
  private final SearchProperties properties;
  private final DocumentFormats formats;

  SearchCluster(
      ElasticsearchTemplate elasticsearch, SearchProperties properties, DocumentFormats formats) {
    this.elasticsearch = elasticsearch;
    this.properties = properties;
    this.formats = formats;
  }

  /** A name that no index has had. */
  public static String newName() {
    return SEARCHED + "-" + STAMP.format(Instant.now());
  }

  /** The alias of an index that documents are sent to. */
  static String writeAlias(String name) {
    return name + "-write";
  }

  /**
   * Creates an index of the newest layout with its own alias, unless an index of this name exists.
   */
  public void create(String name) {
    try {
      elasticsearch.execute(
          client -> {
            String definition = definition();
            return client
                .indices()
                .create(
                    index ->
                        index
                            .index(name)
                            .withJson(new StringReader(definition))
                            .aliases(writeAlias(name), alias -> alias));
          });
    } catch (UncategorizedElasticsearchException e) {
      if (!(e.getCause() instanceof ElasticsearchException answer)
          || !"resource_already_exists_exception".equals(answer.error().type())) {
        throw e;
      }
    }
  }

  private String definition() throws IOException {
    String resource = formats.of(formats.newest()).definition();
    try (InputStream in = new ClassPathResource(resource).getInputStream()) {
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
      return Optional.ofNullable((String) index(name).getSettings().get("index.uuid"));
    } catch (NoSuchIndexException e) {
      return Optional.empty();
    }
  }

  /** Makes {@value #SEARCHED} lead to this index and to no other, in one step. */
  public void search(String name) {
    elasticsearch.execute(
        client ->
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
                            .actions(
                                action -> action.add(add -> add.index(name).alias(SEARCHED)))));
  }

  /** The indexes that {@value #SEARCHED} leads to: exactly one, unless something is damaged. */
  public Set<String> searched() {
    try {
      return index(SEARCHED).getAliases(SEARCHED).keySet();
    } catch (ResourceNotFoundException | NoSuchIndexException e) {
      return Set.of();
    }
  }

  /**
   * The indexes that this class has created and that {@value #SEARCHED} does not lead to: their
   * names are of its pattern, and each has its own alias. The set can be changed.
   */
  public Set<String> unsearched() {
    return elasticsearch
        .execute(client -> client.indices().getAlias(get -> get.index(SEARCHED + "-*")))
        .aliases()
        .entrySet()
        .stream()
        .filter(index -> isUnsearched(index.getKey(), index.getValue().aliases().keySet()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean isUnsearched(String name, Set<String> aliases) {
    return NAME.matcher(name).matches()
        && aliases.contains(writeAlias(name))
        && !aliases.contains(SEARCHED);
  }

  /** Deletes an index if it exists. */
  public void delete(String name) {
    index(name).delete();
  }

  /** Makes all documents of an index visible to searches. */
  public void refresh(String name) {
    index(name).refresh();
  }

  private IndexOperations index(String name) {
    return elasticsearch.indexOps(IndexCoordinates.of(name));
  }
}
