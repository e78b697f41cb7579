/** Jobs that can never be persisted: set aside with their reason, for an operator to look at. */
@NullMarked
package dev.tally.worker.deadletter;

import org.jspecify.annotations.NullMarked;
