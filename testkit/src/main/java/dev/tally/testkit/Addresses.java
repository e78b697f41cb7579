package dev.tally.testkit;

import dev.tally.stack.ServerKind;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Where MySQL, Redis and Elasticsearch are. */
record Addresses(
    String mysqlUrl,
    String mysqlUser,
    String mysqlPassword,
    String redisUrl,
    String elasticsearchUrl) {

  /** The same servers, with another database of MySQL. */
  Addresses withDatabase(String name) {
    String url = mysqlUrl.replaceFirst("(//[^/]+/)[^?]*", "$1" + name);
    return new Addresses(url, mysqlUser, mysqlPassword, redisUrl, elasticsearchUrl);
  }

  Database database() {
    return Database.pooled(mysqlUrl, mysqlUser, mysqlPassword);
  }

  RedisServer redis() {
    return new RedisServer(URI.create(redisUrl));
  }

  SearchServer search() {
    return new SearchServer(URI.create(elasticsearchUrl));
  }

  /** The configuration that points a service at some of these servers, as {@code --name=value}. */
  List<String> arguments(Collection<ServerKind> kinds) {
    List<String> arguments = new ArrayList<>();
    for (ServerKind kind : kinds) {
      switch (kind) {
        case MARIADB -> {
          arguments.add("--TALLY_MYSQL_URL=" + mysqlUrl);
          arguments.add("--TALLY_MYSQL_USER=" + mysqlUser);
          arguments.add("--TALLY_MYSQL_PASSWORD=" + mysqlPassword);
        }
        case REDIS -> arguments.add("--TALLY_REDIS_URL=" + redisUrl);
        case ELASTICSEARCH -> arguments.add("--TALLY_ELASTICSEARCH_URL=" + elasticsearchUrl);
      }
    }
    return arguments;
  }
}
