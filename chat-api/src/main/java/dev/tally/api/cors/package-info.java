/** Lets browsers show the answers to reads to the pages of configured origins. */
@NullMarked
package dev.tally.api.cors;

import org.jspecify.annotations.NullMarked;
