/** Access to values in Redis that may not be text. */
@NullMarked
package dev.tally.worker.redis;

import org.jspecify.annotations.NullMarked;
