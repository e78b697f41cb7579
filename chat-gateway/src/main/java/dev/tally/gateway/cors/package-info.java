/** Lets browsers allow the pages of configured origins to write, for instance the console. */
@NullMarked
package dev.tally.gateway.cors;

import org.jspecify.annotations.NullMarked;
