/** The system under load: its services and queues, and the work that measures it. */
@NullMarked
package dev.tally.bench.system;

import org.jspecify.annotations.NullMarked;
