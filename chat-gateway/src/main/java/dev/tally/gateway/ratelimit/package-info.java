/** Limits the writes of each app, so that no app takes more than its share. */
@NullMarked
package dev.tally.gateway.ratelimit;

import org.jspecify.annotations.NullMarked;
