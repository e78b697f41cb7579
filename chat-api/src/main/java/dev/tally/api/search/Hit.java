package dev.tally.api.search;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A message that matches.
 *
 * @param highlight the parts of the body that match, as HTML: the matching words in {@code <em>},
 *     all else escaped
 * @param cursor where a page that ends with this hit ends
 */
record Hit(
    long number,
    String body,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String highlight,
    @JsonIgnore SearchCursor cursor) {}
