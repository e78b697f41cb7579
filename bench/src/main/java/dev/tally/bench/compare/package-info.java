/**
 * Compares the services of two revisions by what a message or a read costs.
 *
 * <ol>
 *   <li>{@code bench/run} builds both revisions. The benchmarks themselves are always the present
 *       ones, and use the services by their HTTP routes only.
 *   <li>For each pair, both start anew on empty servers, each on servers of its own: a {@link
 *       dev.tally.bench.compare.Deployment}. Both warm up. Then they are measured one after the
 *       other, in pairs A B, B A, and so on.
 *   <li>Each pair gives a ratio of each figure, and {@link dev.tally.bench.compare.MedianInterval}
 *       the median of the ratios with an interval.
 * </ol>
 *
 * <p>Why each pair starts anew: two starts of the same service differ by some percent, for instance
 * by what the JIT compiler made of the warm-up, and keep that difference. Ratios of pairs from the
 * same two processes would share it. They would not be independent, and their interval would be too
 * narrow; see Kalibera and Jones, "Rigorous Benchmarking in Reasonable Time", ISMM 2013.
 *
 * <p>Why each revision has its own servers: two revisions may differ in their schema and their
 * Redis keys, and both must be warm before either is measured.
 */
@NullMarked
package dev.tally.bench.compare;

import org.jspecify.annotations.NullMarked;
