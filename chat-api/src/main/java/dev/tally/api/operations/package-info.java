/** The state of queues and outbox: how much waits, for how long, and what needs an operator. */
@NullMarked
package dev.tally.api.operations;

import org.jspecify.annotations.NullMarked;
