/**
 * Keyset pagination: a page starts where the page before it ended, so every page costs the same.
 */
@NullMarked
package dev.tally.api.page;

import org.jspecify.annotations.NullMarked;
