package dev.tally.stack;

/** The kinds of servers that the stack can run. */
public enum ServerKind {
  MARIADB("MariaDB"),
  REDIS("Redis"),
  ELASTICSEARCH("Elasticsearch");

  private final String title;

  ServerKind(String title) {
    this.title = title;
  }

  /** The server's name in messages. */
  public String title() {
    return title;
  }

  Program program() {
    return switch (this) {
      case MARIADB -> new MariaDb();
      case REDIS -> new Redis();
      case ELASTICSEARCH -> new Elasticsearch();
    };
  }
}
