/** Which partition an app belongs to, and the names of the Redis keys that a partition owns. */
@NullMarked
package dev.tally.common.partition;

import org.jspecify.annotations.NullMarked;
