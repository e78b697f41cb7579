package dev.tally.api.message;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.LocalDateTime;
import org.hibernate.annotations.Immutable;

/** A message's row. The worker writes it. */
@Entity
@Immutable
@Table(name = "messages")
class Message {

  @EmbeddedId private Key key = new Key(0, 0, 0);

  private String body = "";

  @Column(name = "created_at")
  private LocalDateTime createdAt = LocalDateTime.MIN;

  /** For Hibernate. */
  protected Message() {}

  @Embeddable
  record Key(
      @Column(name = "application_id") long applicationId,
      @Column(name = "chat_number") long chat,
      long number)
      implements Serializable {}

  long number() {
    return key.number();
  }

  String body() {
    return body;
  }

  LocalDateTime createdAt() {
    return createdAt;
  }
}
