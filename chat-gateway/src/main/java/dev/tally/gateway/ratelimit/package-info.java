/** Keeps one app from taking more than its share. */
@NullMarked
package dev.tally.gateway.ratelimit;

import org.jspecify.annotations.NullMarked;
