/** Tests of the stack with the real servers that it starts. */
@NullMarked
package dev.tally.stack;

import org.jspecify.annotations.NullMarked;
