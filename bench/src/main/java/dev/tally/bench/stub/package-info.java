/** The server of the limits: the gateway's server stack with almost no code behind it. */
@NullMarked
package dev.tally.bench.stub;

import org.jspecify.annotations.NullMarked;
