/** Generates the OpenAPI documents of the services. */
@NullMarked
package dev.tally.openapi;

import org.jspecify.annotations.NullMarked;
