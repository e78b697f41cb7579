/** Tests of the stack against the real servers it starts. */
@NullMarked
package dev.tally.stack;

import org.jspecify.annotations.NullMarked;
