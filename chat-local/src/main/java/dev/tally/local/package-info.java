/** The whole system in one process and its child processes, with one command. */
@NullMarked
package dev.tally.local;

import org.jspecify.annotations.NullMarked;
