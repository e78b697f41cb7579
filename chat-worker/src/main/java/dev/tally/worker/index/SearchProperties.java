package dev.tally.worker.index;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * How search indexes are created. A change takes effect with the next {@code reindex}.
 *
 * @param shards primary shards of an index; all messages of an app are in one of them
 * @param replicas copies of each shard; 0 is right for a single node only
 */
@Validated
@ConfigurationProperties("tally.worker.search")
record SearchProperties(@Min(1) @Max(100) int shards, @Min(0) @Max(10) int replicas) {}
