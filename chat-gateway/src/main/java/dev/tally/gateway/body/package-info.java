/** Lets the bodies of writes in, and parts batches into their lines. */
@NullMarked
package dev.tally.gateway.body;

import org.jspecify.annotations.NullMarked;
