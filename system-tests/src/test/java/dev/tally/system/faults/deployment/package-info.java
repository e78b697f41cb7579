/** Runs Tally in processes of its own. A test may kill, freeze or cut off each part of it. */
@NullMarked
package dev.tally.system.faults.deployment;

import org.jspecify.annotations.NullMarked;
