/** Limits how often a key, such as a client address, may make requests. */
@NullMarked
package dev.tally.common.web.ratelimit;

import org.jspecify.annotations.NullMarked;
