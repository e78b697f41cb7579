/** Rejected jobs with their reasons, as Redis holds them. */
@NullMarked
package dev.tally.common.deadletter;

import org.jspecify.annotations.NullMarked;
