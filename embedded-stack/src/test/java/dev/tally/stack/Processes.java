package dev.tally.stack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds the processes of this machine that use a folder. */
final class Processes {

  private Processes() {}

  /** Processes, other than this one, that run in the folder or name it on their command lines. */
  static List<String> of(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .map(process -> Path.of("/proc", Long.toString(process.pid())))
        .filter(process -> isIn(process, folder) || commandLine(process).contains(folder + "/"))
        .map(process -> process.getFileName() + " " + commandLine(process))
        .toList();
  }

  private static boolean isIn(Path process, Path folder) {
    try {
      return Files.readSymbolicLink(process.resolve("cwd")).startsWith(folder);
    } catch (IOException e) {
      // The process has ended, or belongs to another user.
      return false;
    }
  }

  private static String commandLine(Path process) {
    try {
      return new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.ISO_8859_1)
          .replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }
}
