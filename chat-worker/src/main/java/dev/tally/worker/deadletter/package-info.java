/** What an operator does with dead letters: list, retry, drop. */
@NullMarked
package dev.tally.worker.deadletter;

import org.jspecify.annotations.NullMarked;
