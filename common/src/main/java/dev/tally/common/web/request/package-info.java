/** Reads requests: the names in their paths as types, and their bodies bounded, as strict UTF-8. */
@NullMarked
package dev.tally.common.web.request;

import org.jspecify.annotations.NullMarked;
