/**
 * Keyset pagination: a page starts after the last item of the page before, so all pages cost the
 * same. One that leaves tombstones out looks at a bounded number of rows.
 */
@NullMarked
package dev.tally.api.page;

import org.jspecify.annotations.NullMarked;
