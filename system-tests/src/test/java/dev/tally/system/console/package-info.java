/** Tests the console and the page {@code /docs} in a real browser. */
@NullMarked
package dev.tally.system.console;

import org.jspecify.annotations.NullMarked;
