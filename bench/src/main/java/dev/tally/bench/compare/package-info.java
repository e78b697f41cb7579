/**
 * Compares the services of two revisions by what a message or a read costs.
 *
 * <ol>
 *   <li>{@code bench/run} builds both revisions. The benchmarks themselves are always the present
 *       ones, and use the services by their HTTP routes only.
 *   <li>Both start on empty servers, each on servers of its own: a {@link
 *       dev.tally.bench.compare.Deployment}. Both warm up. Then they are measured in turns, in
 *       three pairs A B, B A, A B. After three pairs, both start anew.
 *   <li>Each pair gives a ratio of each figure. The table has the median of all ratios, and the
 *       interval of the medians of each start: {@link dev.tally.bench.compare.MedianInterval}.
 * </ol>
 *
 * <p>Why the interval is that of the starts: two starts of the same service differ by some percent,
 * for instance by what the JIT compiler made of the warm-up, and keep that difference. Ratios of
 * pairs from the same processes share it. They are not independent, and their interval would be too
 * narrow; see Kalibera and Jones, "Rigorous Benchmarking in Reasonable Time", ISMM 2013.
 *
 * <p>Why each revision has its own servers: two revisions may differ in their schema and their
 * Redis keys, and both must be warm before either is measured.
 */
@NullMarked
package dev.tally.bench.compare;

import org.jspecify.annotations.NullMarked;
