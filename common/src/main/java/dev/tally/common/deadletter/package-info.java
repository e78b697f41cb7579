/**
 * Rejected jobs with their reasons, as Redis holds them, and what removes them.
 *
 * @see dev.tally.common.deadletter.DeadLetters
 */
@NullMarked
package dev.tally.common.deadletter;

import org.jspecify.annotations.NullMarked;
