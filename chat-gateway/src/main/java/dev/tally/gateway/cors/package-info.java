/** Which web pages may write, a console's for instance. */
@NullMarked
package dev.tally.gateway.cors;

import org.jspecify.annotations.NullMarked;
