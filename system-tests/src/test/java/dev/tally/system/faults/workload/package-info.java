/** Clients that use a deployment, and the record of what they asked and were told. */
@NullMarked
package dev.tally.system.faults.workload;

import org.jspecify.annotations.NullMarked;
