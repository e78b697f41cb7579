package dev.tally.stack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** Writes a word to a server and reads it back, with each server's plain protocol. */
final class Client {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private Client() {}

  static void write(Server server, String word) throws Exception {
    switch (server.kind()) {
      case MARIADB -> {
        try (Connection connection = connection(server);
            Statement statement = connection.createStatement()) {
          statement.execute("CREATE TABLE IF NOT EXISTS words (word VARCHAR(100))");
          try (PreparedStatement insert =
              connection.prepareStatement("INSERT INTO words VALUES (?)")) {
            insert.setString(1, word);
            insert.execute();
          }
        }
      }
      case REDIS -> redis(server, "SET word " + word);
      case ELASTICSEARCH -> {
        http(server, "PUT", "/words", "{\"settings\":{\"number_of_replicas\":0}}");
        http(server, "PUT", "/words/_doc/1?refresh=true", "{\"word\":\"" + word + "\"}");
      }
    }
  }

  static String read(Server server) throws Exception {
    return switch (server.kind()) {
      case MARIADB -> query(server, "SELECT word FROM words");
      case REDIS -> redis(server, "GET word");
      case ELASTICSEARCH ->
          http(server, "GET", "/words/_doc/1?filter_path=_source.word", "")
              .replaceAll(".*\"word\":\"([^\"]*)\".*", "$1");
    };
  }

  private static Connection connection(Server server) throws SQLException {
    return DriverManager.getConnection(server.url(), "root", "");
  }

  /** The first column of the first row. */
  static String query(Server server, String sql) throws SQLException {
    try (Connection connection = connection(server);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "(no row)";
    }
  }

  /**
   * Sends a command, and returns the last line of the answer: the value, or a list's last element.
   */
  static String redis(Server server, String command) {
    return RedisAnswer.raw(server, command).getLast();
  }

  static String http(Server server, String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .timeout(Duration.ofSeconds(30))
            .header(
                "Content-Type",
                path.contains("_bulk") ? "application/x-ndjson" : "application/json")
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}
