/** Decides whether two requests with the same {@code Idempotency-Key} are the same request. */
@NullMarked
package dev.tally.gateway.idempotency;

import org.jspecify.annotations.NullMarked;
