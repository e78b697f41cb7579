/** Lets the bodies of writes in. */
@NullMarked
package dev.tally.gateway.body;

import org.jspecify.annotations.NullMarked;
