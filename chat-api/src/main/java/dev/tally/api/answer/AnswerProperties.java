package dev.tally.api.answer;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Bounds the memory of answers.
 *
 * @param memoryShare the share of the heap that answers may take together until clients have read
 *     them, 0.01 to 0.5. More lets more slow clients read long pages at the same time, less leaves
 *     more to streams and connections
 */
@Validated
@ConfigurationProperties("tally.api.answer")
record AnswerProperties(@DecimalMin("0.01") @DecimalMax("0.5") double memoryShare) {}
