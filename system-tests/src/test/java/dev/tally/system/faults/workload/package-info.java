/** Clients that use a deployment, and the record of their requests and answers. */
@NullMarked
package dev.tally.system.faults.workload;

import org.jspecify.annotations.NullMarked;
