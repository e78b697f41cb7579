/** Swagger UI over the OpenAPI documents of chat-api and chat-gateway. */
@NullMarked
package dev.tally.api.docs;

import org.jspecify.annotations.NullMarked;
