/**
 * The one atomic step that the product is about: a write gets its number and its place in the
 * queue.
 */
@NullMarked
package dev.tally.gateway.accept;

import org.jspecify.annotations.NullMarked;
