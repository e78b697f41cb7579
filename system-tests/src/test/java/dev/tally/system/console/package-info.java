/** The console and the page of the API, in a real browser. */
@NullMarked
package dev.tally.system.console;

import org.jspecify.annotations.NullMarked;
