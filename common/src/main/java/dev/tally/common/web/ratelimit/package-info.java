/** Keeps one app or one client from taking more than its share. */
@NullMarked
package dev.tally.common.web.ratelimit;

import org.jspecify.annotations.NullMarked;
