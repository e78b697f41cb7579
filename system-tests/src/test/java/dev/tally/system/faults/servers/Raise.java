package dev.tally.system.faults.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A line in the log of a service which says that an epoch began because a server lost something.
 *
 * @param at when it was logged
 */
public record Raise(int partition, Instant at) {

  private static final Pattern LINE =
      Pattern.compile("(\\d{4}-\\S+).*partition (\\d+): .* epoch \\d+ begins.*");

  /** Reads the lines of a log. */
  public static List<Raise> in(Path log) {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .map(LINE::matcher)
          .filter(Matcher::matches)
          .map(
              line ->
                  new Raise(
                      Integer.parseInt(line.group(2)),
                      OffsetDateTime.parse(line.group(1)).toInstant()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
