package dev.tally.bench;

import dev.tally.bench.report.Table;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Services;

/** Some rows of the table that are measured together, on servers that begin empty. */
interface Section {

  /** What the command line calls it. */
  String name();

  /** Measures. Starts the services that it needs, and closes them. */
  void run(Setting setting, Table table);

  /** What a section has to work with. */
  record Setting(Servers servers, Services services, Scale scale) {}
}
