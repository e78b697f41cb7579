package dev.tally.api.stream;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How messages are streamed.
 *
 * @param limit streams that one API has open at once
 * @param limitPerApp how many of them may be of one app
 * @param heartbeat how long a stream is silent at most
 * @param poll how often the database is asked about chats that no hint has come for
 */
@Validated
@ConfigurationProperties("tally.api.stream")
record StreamProperties(
    @DefaultValue("2000") @Min(1) int limit,
    @DefaultValue("500") @Min(1) int limitPerApp,
    @DefaultValue("15s") @DurationMin(millis = 1) Duration heartbeat,
    @DefaultValue("1s") @DurationMin(millis = 1) Duration poll) {}
