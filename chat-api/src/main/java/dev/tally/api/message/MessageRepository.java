package dev.tally.api.message;

import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface MessageRepository extends Repository<Message, Message.Key> {

  Optional<Message> findByKey(Message.Key key);

  @Query(
      """
      SELECT m FROM Message m
      WHERE m.key.applicationId = :app AND m.key.chat = :chat
        AND m.key.number > :above AND m.key.number < :below
      ORDER BY m.key.number ASC""")
  List<Message> ascending(long app, long chat, long above, long below, Limit limit);

  @Query(
      """
      SELECT m FROM Message m
      WHERE m.key.applicationId = :app AND m.key.chat = :chat
        AND m.key.number > :above AND m.key.number < :below
      ORDER BY m.key.number DESC""")
  List<Message> descending(long app, long chat, long above, long below, Limit limit);
}
