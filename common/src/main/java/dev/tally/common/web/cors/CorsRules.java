package dev.tally.common.web.cors;

import java.util.List;

/**
 * What pages of other origins may do with a service's routes.
 *
 * @param methods the methods that they may use
 * @param requestHeaders the header fields that they may send, besides those that any page may
 * @param responseHeaders the header fields of answers that they may see, besides those that any
 *     page may
 */
public record CorsRules(
    List<String> methods, List<String> requestHeaders, List<String> responseHeaders) {}
