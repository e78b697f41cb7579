/** What the limits are measured on: the gateway's server stack with next to nothing behind it. */
@NullMarked
package dev.tally.bench.stub;

import org.jspecify.annotations.NullMarked;
