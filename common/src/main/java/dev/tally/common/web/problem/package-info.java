/**
 * Errors as RFC 9457 problem details, each with the plain {@code error} string that older clients
 * read.
 */
@NullMarked
package dev.tally.common.web.problem;

import org.jspecify.annotations.NullMarked;
