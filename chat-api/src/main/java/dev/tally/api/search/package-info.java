/**
 * Searches the messages of one chat, in the index that is live, in that index's layout.
 *
 * @see dev.tally.common.search.SearchLayout the layouts
 */
@NullMarked
package dev.tally.api.search;

import org.jspecify.annotations.NullMarked;
