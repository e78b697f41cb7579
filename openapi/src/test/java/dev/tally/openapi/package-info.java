/** What the services' routes are, as OpenAPI documents. */
@NullMarked
package dev.tally.openapi;

import org.jspecify.annotations.NullMarked;
