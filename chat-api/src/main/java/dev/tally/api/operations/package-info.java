/** What an operator wants to see at a glance: what waits, how long, and what needs somebody. */
@NullMarked
package dev.tally.api.operations;

import org.jspecify.annotations.NullMarked;
