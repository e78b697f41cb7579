package dev.tally.api.search;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A message that matches a search.
 *
 * @param highlight the matching parts of the body as HTML, with the matching words in {@code <em>}
 *     and all other text escaped
 * @param cursor the cursor of the page after this hit
 */
record Hit(
    long number,
    String body,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String highlight,
    @JsonIgnore SearchCursor cursor) {}
