package dev.tally.gateway.accept;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How much is accepted ahead of the database.
 *
 * @param queueLimit how many jobs may wait in one partition's list; a write that would exceed it is
 *     answered with 503. Bounds the memory that Redis needs while MySQL is down.
 */
@Validated
@ConfigurationProperties("tally.gateway")
public record AcceptProperties(@DefaultValue("100000") @Min(1) int queueLimit) {}
