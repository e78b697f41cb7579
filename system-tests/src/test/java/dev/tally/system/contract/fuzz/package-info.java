/** Requests with random mistakes, to both services. */
@NullMarked
package dev.tally.system.contract.fuzz;

import org.jspecify.annotations.NullMarked;
