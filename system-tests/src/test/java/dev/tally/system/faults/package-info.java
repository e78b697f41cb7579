/** Faults of every kind, and a checker that finds out whether Tally kept its promises. */
@NullMarked
package dev.tally.system.faults;

import org.jspecify.annotations.NullMarked;
