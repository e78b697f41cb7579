package dev.tally.api.app;

import dev.tally.common.identity.AppToken;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/**
 * The row of an app. The worker alone changes its count, under a lock; the API must never write it.
 */
@Entity
@Table(name = "apps")
public class App {

  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private @Nullable Long id;

  @Column(updatable = false)
  private String token = "";

  private String name = "";

  @Column(name = "chats_count", updatable = false)
  private long chatsCount;

  @Column(name = "created_at", updatable = false)
  private LocalDateTime createdAt = LocalDateTime.MIN;

  @Column(name = "updated_at")
  private LocalDateTime updatedAt = LocalDateTime.MIN;

  /** Written by {@link Deletion}. */
  @Column(name = "deleted_at", insertable = false, updatable = false)
  private @Nullable LocalDateTime deletedAt;

  /** Hibernate needs this constructor. */
  protected App() {}

  App(AppToken token, String name, LocalDateTime now) {
    this.token = token.value();
    this.name = name;
    this.createdAt = now;
    this.updatedAt = now;
  }

  /** The id that other tables refer to. It never leaves the system. */
  public long id() {
    if (id == null) {
      throw new IllegalStateException("The app is not saved yet.");
    }
    return id;
  }

  AppToken token() {
    return new AppToken(token);
  }

  String name() {
    return name;
  }

  void rename(String newName, LocalDateTime now) {
    this.name = newName;
    this.updatedAt = now;
  }

  long chatsCount() {
    return chatsCount;
  }

  LocalDateTime createdAt() {
    return createdAt;
  }

  LocalDateTime updatedAt() {
    return updatedAt;
  }

  boolean deleted() {
    return deletedAt != null;
  }
}
