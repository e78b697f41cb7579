/** The table, and what it says about the machine. */
@NullMarked
package dev.tally.bench.report;

import org.jspecify.annotations.NullMarked;
