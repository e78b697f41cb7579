/**
 * Keyset pagination: a page starts after the last item of the page before, so all pages cost the
 * same.
 */
@NullMarked
package dev.tally.api.page;

import org.jspecify.annotations.NullMarked;
