/** The load generator: closed and open loops over raw sockets. */
@NullMarked
package dev.tally.bench.load;

import org.jspecify.annotations.NullMarked;
