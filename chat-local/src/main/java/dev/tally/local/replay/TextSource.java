package dev.tally.local.replay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Reads conversations from a folder of text files, such as {@code /usr/share/doc} of a Debian
 * machine.
 */
final class TextSource {

  /** The highest number of characters in a message. Longer lines are left out. */
  private static final int MAX_LINE = 10_000;

  private TextSource() {}

  /**
   * Reads conversations, each from consecutive lines of one file.
   *
   * @param folder the folder; its files and subfolders are read in the order of their names, so
   *     that every run reads the same
   * @param count the number of conversations
   * @param lines the number of lines in each conversation
   * @throws IllegalArgumentException if the folder does not have enough text
   */
  static List<List<String>> conversations(Path folder, int count, int lines) {
    List<List<String>> conversations = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      var sorted = files.filter(Files::isRegularFile).sorted().iterator();
      while (sorted.hasNext() && conversations.size() < count) {
        List<String> text = lines(sorted.next());
        for (int from = 0;
            from + lines <= text.size() && conversations.size() < count;
            from += lines) {
          conversations.add(List.copyOf(text.subList(from, from + lines)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (conversations.size() < count) {
      throw new IllegalArgumentException(
          "%s has text for only %d conversations of %d lines"
              .formatted(folder, conversations.size(), lines));
    }
    return conversations;
  }

  /** The lines of a file that can be messages. None if the file is not UTF-8 text. */
  private static List<String> lines(Path file) {
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(
                    in,
                    StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)))) {
      return reader
          .lines()
          .filter(line -> !line.isBlank() && line.length() <= MAX_LINE && line.indexOf('\0') < 0)
          .toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }
}
