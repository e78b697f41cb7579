/**
 * Looks for numbers that have been given out.
 *
 * <p>A number is given out together with its job. From then on it is in a job in Redis, in a row of
 * MySQL, or in a dead letter. If it is in none of them, its write is lost.
 *
 * @see dev.tally.worker.numbers.MissingNumbers the numbers that are looked for
 * @see dev.tally.worker.numbers.NumberSearch where and in which order
 */
@NullMarked
package dev.tally.worker.numbers;

import org.jspecify.annotations.NullMarked;
