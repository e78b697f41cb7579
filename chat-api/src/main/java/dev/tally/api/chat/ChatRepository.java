package dev.tally.api.chat;

import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface ChatRepository extends Repository<Chat, Chat.Key> {

  @Query(
      """
      SELECT c FROM Chat c JOIN App a ON a.id = c.key.applicationId
      WHERE a.token = :token AND c.key.number = :number""")
  Optional<Chat> find(String token, long number);

  @Query(
      """
      SELECT c FROM Chat c
      WHERE c.key.applicationId = :app AND c.key.number > :above AND c.key.number < :below
      ORDER BY c.key.number ASC""")
  List<Chat> ascending(long app, long above, long below, Limit limit);

  @Query(
      """
      SELECT c FROM Chat c
      WHERE c.key.applicationId = :app AND c.key.number > :above AND c.key.number < :below
      ORDER BY c.key.number DESC""")
  List<Chat> descending(long app, long above, long below, Limit limit);
}
