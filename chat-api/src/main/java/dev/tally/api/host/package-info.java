/**
 * The names under which an API without an admin key may be reached. By DNS rebinding, a page gives
 * its own name the address of the user's machine, and is then of the same origin as the API there.
 */
@NullMarked
package dev.tally.api.host;

import org.jspecify.annotations.NullMarked;
