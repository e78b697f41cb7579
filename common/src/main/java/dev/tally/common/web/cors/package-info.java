/** Tells browsers which pages may see a service's answers, and what they may send. */
@NullMarked
package dev.tally.common.web.cors;

import org.jspecify.annotations.NullMarked;
