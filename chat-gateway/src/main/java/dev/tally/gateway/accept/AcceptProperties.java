package dev.tally.gateway.accept;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * How much the gateway accepts before the database has it.
 *
 * @param queueLimit how many jobs one partition's queue may hold; the gateway answers a write above
 *     it with 503. More lets writes go on longer while MySQL is down; less needs less memory in
 *     Redis.
 */
@Validated
@ConfigurationProperties("tally.gateway")
public record AcceptProperties(@Min(1) int queueLimit) {}
