/**
 * Records spans and sends them by OTLP, if configuration names a receiver. Without one, no bean of
 * this package exists.
 *
 * @see dev.tally.common.tracing.Traceparent
 */
@NullMarked
package dev.tally.common.tracing;

import org.jspecify.annotations.NullMarked;
