/** Bounded, strict reading of request bodies and path parts. */
@NullMarked
package dev.tally.common.web.request;

import org.jspecify.annotations.NullMarked;
