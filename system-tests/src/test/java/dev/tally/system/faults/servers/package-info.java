/** Reads what the servers hold, without any service, and what the logs of the services say. */
@NullMarked
package dev.tally.system.faults.servers;

import org.jspecify.annotations.NullMarked;
