package dev.tally.stack;

/** The kinds of servers that the stack can run. */
public enum ServerKind {
  /** MariaDB, or the MySQL that {@code TALLY_STACK_MYSQLD} names. */
  MARIADB("MariaDB"),
  /** The embedded Redis, or the one that {@code TALLY_STACK_REDIS_SERVER} names. */
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
      case MARIADB ->
          Binaries.given("TALLY_STACK_MYSQLD").<Program>map(Mysql::new).orElseGet(MariaDb::new);
      case REDIS -> new Redis();
      case ELASTICSEARCH -> new Elasticsearch();
    };
  }
}
