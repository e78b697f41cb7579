/**
 * Messages as they come, by server-sent events. What a stream sends is read from MySQL; Redis only
 * tells when to look.
 */
@NullMarked
package dev.tally.api.stream;

import org.jspecify.annotations.NullMarked;
