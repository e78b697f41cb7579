/** How the worker reads from Redis what may be no text. */
@NullMarked
package dev.tally.worker.redis;

import org.jspecify.annotations.NullMarked;
