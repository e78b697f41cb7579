/** What the services that use Elasticsearch share. */
@NullMarked
package dev.tally.common.search;

import org.jspecify.annotations.NullMarked;
