/**
 * Compares the services of two revisions by what a message or a read costs.
 *
 * <ol>
 *   <li>{@code bench/run} builds both revisions. The benchmarks themselves are always the present
 *       ones, and use the services by their HTTP routes only.
 *   <li>Both take turns in pairs (A B, B A, …). A {@link dev.tally.bench.compare.Turn} begins with
 *       empty servers and new processes, warms them up, and measures.
 *   <li>Each pair gives a ratio of each figure, and {@link dev.tally.bench.compare.MedianInterval}
 *       the median of the ratios with an interval.
 * </ol>
 *
 * <p>Why each turn starts anew: two starts of the same service differ by some percent, for instance
 * by what the JIT compiler made of the warm-up, and keep that difference. Ratios of pairs from the
 * same two processes would share it. They would not be independent, and their interval would be too
 * narrow; see Kalibera and Jones, "Rigorous Benchmarking in Reasonable Time", ISMM 2013. New
 * processes also need no second set of servers, share nothing with another schema, and no frozen
 * worker loses its leases while the other revision has its turn.
 */
@NullMarked
package dev.tally.bench.compare;

import org.jspecify.annotations.NullMarked;
