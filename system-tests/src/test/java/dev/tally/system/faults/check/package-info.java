/** Compares the answers that clients got with the data of the servers. */
@NullMarked
package dev.tally.system.faults.check;

import org.jspecify.annotations.NullMarked;
