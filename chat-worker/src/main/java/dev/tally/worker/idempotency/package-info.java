/** The idempotency records that gateways keep in Redis, as workers read and forget them. */
@NullMarked
package dev.tally.worker.idempotency;

import org.jspecify.annotations.NullMarked;
