/** Rejected jobs with their reasons, which wait for an operator. */
@NullMarked
package dev.tally.worker.deadletter;

import org.jspecify.annotations.NullMarked;
