package dev.tally.api.chat;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.LocalDateTime;
import org.hibernate.annotations.Immutable;

/** A chat's row. The worker writes it. */
@Entity
@Immutable
@Table(name = "chats")
class Chat {

  @EmbeddedId private Key key = new Key(0, 0);

  @Column(name = "messages_count")
  private long messagesCount;

  @Column(name = "created_at")
  private LocalDateTime createdAt = LocalDateTime.MIN;

  /** For Hibernate. */
  protected Chat() {}

  @Embeddable
  record Key(@Column(name = "application_id") long applicationId, long number)
      implements Serializable {}

  long applicationId() {
    return key.applicationId();
  }

  long number() {
    return key.number();
  }

  long messagesCount() {
    return messagesCount;
  }

  LocalDateTime createdAt() {
    return createdAt;
  }
}
