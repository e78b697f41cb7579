package dev.tally.worker.index.lifecycle;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;

/**
 * Named locks in MySQL ({@code GET_LOCK}), for work that one process of a deployment does at a
 * time. MySQL releases a lock when its holder's connection ends, so no lock outlives its process. A
 * lock belongs to one connection; that is why this is plain JDBC.
 */
@Component
class DatabaseLock {

  private static final String ACQUIRE =
      """
      SELECT GET_LOCK(CONCAT(DATABASE(), '.', ?), ?)""";

  private static final String RELEASE =
      """
      DO RELEASE_LOCK(CONCAT(DATABASE(), '.', ?))""";

  private static final String HELD =
      """
      SELECT IS_USED_LOCK(CONCAT(DATABASE(), '.', ?)) = CONNECTION_ID()""";

  private final DataSource database;

  DatabaseLock(DataSource database) {
    this.database = database;
  }

  /** A lock that is held until it is closed. */
  interface Held extends AutoCloseable {

    /**
     * Confirms that the lock is held, and keeps MySQL from ending its idle connection.
     *
     * @throws DataAccessResourceFailureException if the lock is lost, or MySQL does not answer
     */
    void confirm();

    @Override
    void close();
  }

  /**
   * Takes a lock.
   *
   * @param patience longest wait for the lock's holder, in whole seconds
   * @return empty if another connection still holds the lock
   */
  Optional<Held> acquire(String name, Duration patience) {
    try {
      Connection connection = database.getConnection();
      boolean acquired = false;
      try {
        acquired = acquire(connection, name, patience);
      } finally {
        if (!acquired) {
          connection.close();
        }
      }
      return acquired ? Optional.of(new Lock(connection, name)) : Optional.empty();
    } catch (SQLException e) {
      throw new DataAccessResourceFailureException("cannot acquire lock " + name, e);
    }
  }

  private static boolean acquire(Connection connection, String name, Duration patience)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ACQUIRE)) {
      statement.setString(1, name);
      statement.setLong(2, patience.toSeconds());
      try (ResultSet result = statement.executeQuery()) {
        return result.next() && result.getInt(1) == 1;
      }
    }
  }

  private record Lock(Connection connection, String name) implements Held {

    @Override
    public void confirm() {
      try (PreparedStatement statement = connection.prepareStatement(HELD)) {
        statement.setString(1, name);
        try (ResultSet result = statement.executeQuery()) {
          if (!result.next() || result.getInt(1) != 1) {
            throw new DataAccessResourceFailureException("lock %s is lost".formatted(name));
          }
        }
      } catch (SQLException e) {
        throw new DataAccessResourceFailureException("cannot confirm lock " + name, e);
      }
    }

    @Override
    public void close() {
      try (connection;
          PreparedStatement statement = connection.prepareStatement(RELEASE)) {
        statement.setString(1, name);
        statement.execute();
      } catch (SQLException e) {
        throw new DataAccessResourceFailureException("cannot release lock " + name, e);
      }
    }
  }
}
