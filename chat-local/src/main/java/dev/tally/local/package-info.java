/** The launcher: runs the whole system in one process and its child processes. */
@NullMarked
package dev.tally.local;

import org.jspecify.annotations.NullMarked;
