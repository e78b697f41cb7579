/** How a worker tells whoever waits for messages that some have been persisted. */
@NullMarked
package dev.tally.common.hint;

import org.jspecify.annotations.NullMarked;
