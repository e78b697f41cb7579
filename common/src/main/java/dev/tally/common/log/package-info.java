/** What may stand in a log: no text that people wrote, and no token whole. */
@NullMarked
package dev.tally.common.log;

import org.jspecify.annotations.NullMarked;
