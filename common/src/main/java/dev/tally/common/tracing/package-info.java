/**
 * Spans, sent by OTLP to whoever is configured to get them. There are none, and nothing that makes
 * any, where nobody is.
 */
@NullMarked
package dev.tally.common.tracing;

import org.jspecify.annotations.NullMarked;
