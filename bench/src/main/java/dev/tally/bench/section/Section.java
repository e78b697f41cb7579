package dev.tally.bench.section;

import dev.tally.bench.report.Table;

/** Measures some rows of the table together, on servers that are empty at the beginning. */
public interface Section {

  /** The section's name on the command line. */
  String name();

  /** Measures and adds rows. Starts the services that it needs, and stops them. */
  void run(Setting setting, Table table);
}
