package dev.tally.worker.erase;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How deleted chats and apps are erased.
 *
 * @param settle how long after a pass that left nothing another one looks for what came late. A
 *     worker sends a message to Elasticsearch within 30 s after it has read it, and waits up to 30
 *     s for the answer; the rest of the default is for a request that Elasticsearch has taken and
 *     not carried out yet. With more, an erasure ends later. With less than a minute, an erased
 *     text may come back after the erasure has ended; {@code verify} names it. A reindex may take
 *     longer than any time, so an erasure waits for its end besides.
 */
@Validated
@ConfigurationProperties("tally.worker.erase")
record EraseProperties(
    @DefaultValue("2m") @DurationMin(seconds = 1) @DurationMax(days = 1) Duration settle) {}
