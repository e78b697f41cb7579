/** Serves the OpenAPI documents, which the build generates. */
@NullMarked
package dev.tally.common.web.openapi;

import org.jspecify.annotations.NullMarked;
