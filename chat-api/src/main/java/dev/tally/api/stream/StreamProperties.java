package dev.tally.api.stream;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the message streams.
 *
 * @param limit the maximum number of streams that one API has open. More serve more clients; each
 *     slow client may hold a page of {@value EventPages#MAX_BYTES} bytes
 * @param limitPerApp the maximum number of these streams that one app has open. Less leaves more to
 *     other apps
 * @param limitPerAddress the maximum number of these streams that one client address has open; an
 *     IPv6 /64 network counts as one address. A proxy that is not trusted is one address
 * @param heartbeat the longest silence of a stream. A shorter one finds dead connections sooner,
 *     and writes more
 * @param life how long a stream may last at most. A client that connects again goes on where it
 *     was. A shorter life spreads clients over APIs sooner, and has them connect more often
 * @param poll the interval at which MySQL is asked for chats without hints. A shorter one delivers
 *     messages sooner whose hints were lost, and costs more queries
 */
@Validated
@ConfigurationProperties("tally.api.stream")
record StreamProperties(
    @Min(1) int limit,
    @Min(1) int limitPerApp,
    @Min(1) int limitPerAddress,
    @DurationMin(millis = 1) Duration heartbeat,
    @DurationMin(millis = 1) Duration life,
    @DurationMin(millis = 1) Duration poll) {}
