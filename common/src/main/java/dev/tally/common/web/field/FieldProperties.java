package dev.tally.common.web.field;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How strictly requests are read.
 *
 * @param unknown whether a request with a field that its route does not know is refused, or the
 *     field is ignored
 */
@ConfigurationProperties("tally.server.fields")
record FieldProperties(UnknownFields unknown) {}
