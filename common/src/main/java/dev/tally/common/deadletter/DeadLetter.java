package dev.tally.common.deadletter;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A rejected job with its reason.
 *
 * <p>Redis holds it as {@code
 * {"id":"…","reason":"undecodable","at":"2026-01-01T00:00:00Z","job":"…"}}; a job that is not UTF-8
 * has {@code job_base64} in place of {@code job}.
 *
 * @param id names the dead letter to operators
 * @param at when the job was rejected
 * @param job the job exactly as it was in the queue
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its id
public record DeadLetter(String id, Reason reason, Instant at, byte[] job) {

  private static final JsonMapper JSON = JsonMapper.shared();

  /** Why a job can never be persisted. */
  public enum Reason {
    /** This version cannot decode it. */
    UNDECODABLE("undecodable"),
    /** MySQL has no app with its token. */
    APP_MISSING("app-missing"),
    /** MySQL has no chat with its number, and the chat's own job did not come before. */
    CHAT_MISSING("chat-missing"),
    /**
     * Its number is persisted with other content: Redis lost data and gave the number out again.
     */
    NUMBER_TAKEN("number-taken"),
    /** MySQL does not take a value of it. */
    REFUSED("refused"),
    /** Redis lost it while a worker had it, so its number may have been given out again. */
    SUPERSEDED("superseded");

    private final String slug;

    Reason(String slug) {
      this.slug = slug;
    }

    /** The reason's name in dead letters, commands and metrics. */
    public String slug() {
      return slug;
    }

    static Reason of(String slug) {
      return Arrays.stream(values())
          .filter(reason -> reason.slug.equals(slug))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("unknown reason " + slug));
    }
  }

  /** Rejects a job now. */
  public static DeadLetter now(Reason reason, byte[] job) {
    return new DeadLetter(UUID.randomUUID().toString(), reason, Instant.now(), job);
  }

  /** The text that Redis holds. */
  public String encode() {
    ObjectNode node = JSON.createObjectNode();
    node.put("id", id).put("reason", reason.slug).put("at", at.toString());
    try {
      node.put("job", StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(job)).toString());
    } catch (CharacterCodingException e) {
      node.put("job_base64", Base64.getEncoder().encodeToString(job));
    }
    return node.toString();
  }

  /**
   * Reads anything, so that an operator can see, retry and drop what nobody can decode.
   *
   * @return what {@link #encode} wrote; else a dead letter that is {@link Reason#UNDECODABLE}, with
   *     the job if there is one, and with all of it in place of a job if not
   */
  public static DeadLetter decode(byte[] encoded) {
    try {
      JsonNode node = JSON.readTree(encoded);
      return new DeadLetter(
          node.required("id").asString(),
          Reason.of(node.required("reason").asString()),
          Instant.parse(node.required("at").asString()),
          job(node));
    } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
      return new DeadLetter(
          UUID.nameUUIDFromBytes(encoded).toString(),
          Reason.UNDECODABLE,
          Instant.EPOCH,
          jobOr(encoded));
    }
  }

  private static byte[] jobOr(byte[] encoded) {
    try {
      return job(JSON.readTree(encoded));
    } catch (JacksonException | IllegalArgumentException e) {
      return encoded;
    }
  }

  private static byte[] job(JsonNode node) {
    return node.has("job")
        ? node.required("job").asString().getBytes(StandardCharsets.UTF_8)
        : Base64.getDecoder().decode(node.required("job_base64").asString());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DeadLetter letter && id.equals(letter.id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }
}
