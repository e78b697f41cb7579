/**
 * Which web pages may write. A browser sends any page's forms and scripts' requests to a service on
 * the user's own machine, and says which page they come from.
 */
@NullMarked
package dev.tally.common.web.origin;

import org.jspecify.annotations.NullMarked;
