package dev.tally.bench;

import dev.tally.bench.report.Table;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Services;

/** Measures some rows of the table together, on servers that are empty at the beginning. */
interface Section {

  /** The section's name on the command line. */
  String name();

  /** Measures and adds rows. Starts the services that it needs, and stops them. */
  void run(Setting setting, Table table);

  /** The servers, services and amounts that a section uses. */
  record Setting(Servers servers, Services services, Scale scale) {}
}
