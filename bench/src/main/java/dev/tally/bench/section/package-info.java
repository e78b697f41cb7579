/** The sections of the table, each with a class of its own. */
@NullMarked
package dev.tally.bench.section;

import org.jspecify.annotations.NullMarked;
