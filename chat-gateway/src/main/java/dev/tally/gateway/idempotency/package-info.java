/** Requests that a client may send again without writing twice. */
@NullMarked
package dev.tally.gateway.idempotency;

import org.jspecify.annotations.NullMarked;
