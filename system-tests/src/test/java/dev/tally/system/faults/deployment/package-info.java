/** Tally as processes of its own, each part of which a test may kill, freeze or cut off. */
@NullMarked
package dev.tally.system.faults.deployment;

import org.jspecify.annotations.NullMarked;
