package dev.tally.api.message;

import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Each query finds the app by itself: a read is one round trip. */
interface MessageRepository extends Repository<Message, Message.Key> {

  @Query(
      """
      SELECT m FROM Message m JOIN App a ON a.id = m.key.applicationId
      WHERE a.token = :token AND m.key.chat = :chat AND m.key.number = :number""")
  Optional<Message> find(String token, long chat, long number);

  @Query(
      """
      SELECT m FROM Message m JOIN App a ON a.id = m.key.applicationId
      WHERE a.token = :token AND m.key.chat = :chat
        AND m.key.number > :above AND m.key.number < :below
      ORDER BY m.key.number ASC""")
  List<Message> ascending(String token, long chat, long above, long below, Limit limit);

  @Query(
      """
      SELECT m FROM Message m JOIN App a ON a.id = m.key.applicationId
      WHERE a.token = :token AND m.key.chat = :chat
        AND m.key.number > :above AND m.key.number < :below
      ORDER BY m.key.number DESC""")
  List<Message> descending(String token, long chat, long above, long below, Limit limit);
}
