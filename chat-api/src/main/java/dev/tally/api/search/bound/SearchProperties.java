package dev.tally.api.search.bound;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Bounds of searches.
 *
 * @param limit how many searches one API sends to Elasticsearch at once. More use an Elasticsearch
 *     that has processors left; less leave memory, of which each takes up to five times {@value
 *     BoundedSearch#MAX_BYTES} bytes
 * @param limitPerApp how many of these may be one app's. Less leaves more to other apps
 */
@Validated
@ConfigurationProperties("tally.api.search")
record SearchProperties(@Min(1) int limit, @Min(1) int limitPerApp) {}
