package dev.tally.common.queue;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.Numbers;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The members of a job's JSON object, each read as what it must be. */
record JobFields(JsonNode job) {

  boolean has(String name) {
    return job.has(name);
  }

  AppToken app() throws UndecodableJobException {
    return AppToken.parse(string("app"))
        .orElseThrow(() -> new UndecodableJobException("app is no token"));
  }

  /** A time in microseconds since the epoch. */
  Instant instant(String name) throws UndecodableJobException {
    return instant(positive(name));
  }

  /** The same from a job of which nothing else is known; null if it cannot be read. */
  @Nullable Instant instantIfReadable(String name) {
    JsonNode micros = job.path(name);
    return micros.canConvertToLong() ? instant(micros.longValue()) : null;
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  @Nullable String stringIfThere(String name) throws UndecodableJobException {
    return has(name) ? string(name) : null;
  }

  /** The same for a member whose null says something, which {@link #has} tells. */
  @Nullable String stringUnlessNull(String name) throws UndecodableJobException {
    return job.path(name).isNull() ? null : stringIfThere(name);
  }

  String string(String name) throws UndecodableJobException {
    JsonNode value = job.path(name);
    if (!value.isString()) {
      throw new UndecodableJobException(name + " is no string");
    }
    String text = value.stringValue();
    if (text.codePoints().anyMatch(point -> Character.getType(point) == Character.SURROGATE)) {
      // UTF-8 cannot represent it, so MySQL would store another text.
      throw new UndecodableJobException(name + " has an unpaired surrogate");
    }
    return text;
  }

  /** The revision of what nobody has changed is 0. */
  @Nullable Long revisionIfThere(String name) throws UndecodableJobException {
    JsonNode revision = job.path(name);
    if (revision.isMissingNode()) {
      return null;
    }
    boolean isZero =
        revision.isIntegralNumber() && revision.canConvertToLong() && revision.longValue() == 0;
    return isZero ? 0L : (Long) number(name);
  }

  /**
   * No gateway gives out a higher number, and a counter with one would stop its parent's writes.
   */
  long number(String name) throws UndecodableJobException {
    long number = positive(name);
    if (number > Numbers.HIGHEST) {
      throw new UndecodableJobException(name + " has more than 15 digits");
    }
    return number;
  }

  long positive(String name) throws UndecodableJobException {
    JsonNode value = job.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 1) {
      throw new UndecodableJobException(name + " is no positive whole number");
    }
    return value.longValue();
  }
}
