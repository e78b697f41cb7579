/** What the sections of the table share: their amounts, and servers under load. */
@NullMarked
package dev.tally.bench.section;

import org.jspecify.annotations.NullMarked;
