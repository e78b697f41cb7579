/** The table of results, with a description of the machine. */
@NullMarked
package dev.tally.bench.report;

import org.jspecify.annotations.NullMarked;
