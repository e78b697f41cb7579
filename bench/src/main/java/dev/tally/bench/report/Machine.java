package dev.tally.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Describes the machine and the commit of a run. */
public final class Machine {

  private Machine() {}

  /** The description as Markdown lines. */
  public static List<String> describe() {
    return List.of(
        "- %d cores, %s".formatted(Runtime.getRuntime().availableProcessors(), cpuModel()),
        "- %,d MB of memory; load average when this began: %s"
            .formatted(memoryKilobytes() / 1024, first("/proc/loadavg", "")),
        "- %s %s; JDK %s"
            .formatted(
                System.getProperty("os.name"), System.getProperty("os.version"), Runtime.version()),
        "- commit %s".formatted(commit()));
  }

  private static String cpuModel() {
    return first("/proc/cpuinfo", "model name").replaceFirst(".*:\\s*", "");
  }

  private static long memoryKilobytes() {
    return Long.parseLong(first("/proc/meminfo", "MemTotal").replaceAll("\\D", ""));
  }

  private static String first(String file, String beginning) {
    try {
      return Files.readAllLines(Path.of(file)).stream()
          .filter(line -> line.startsWith(beginning))
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String commit() {
    try {
      Process git =
          new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=12").start();
      String answer =
          new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return git.waitFor() == 0 ? answer : "unknown";
    } catch (IOException e) {
      return "unknown";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
