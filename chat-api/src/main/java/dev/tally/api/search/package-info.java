/** Searches the messages of one chat. */
@NullMarked
package dev.tally.api.search;

import org.jspecify.annotations.NullMarked;
