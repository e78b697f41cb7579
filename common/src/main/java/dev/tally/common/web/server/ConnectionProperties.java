package dev.tally.common.web.server;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * Bounds and trust for connections to a service.
 *
 * @param requestTimeout how long a request may take to arrive, from its first byte to the last one
 *     that the service reads
 * @param answerRate how many bytes a second a client must read of an answer that does not fit into
 *     the connection; a client that falls ten seconds behind is cut off. Less lets slow clients
 *     hold the memory of their answers longer, more cuts off clients with bad connections
 * @param trustedProxies addresses and networks in CIDR notation, separated by commas, whose {@code
 *     X-Forwarded-For} and {@code X-Forwarded-Proto} the service trusts; none if empty
 */
@ConfigurationProperties("tally.server")
record ConnectionProperties(Duration requestTimeout, DataSize answerRate, String trustedProxies) {

  /**
   * @throws IllegalArgumentException if the rate is not positive
   */
  ConnectionProperties {
    if (answerRate.toBytes() < 1) {
      throw new IllegalArgumentException(
          "TALLY_ANSWER_MIN_RATE must be at least 1B, but is " + answerRate);
    }
  }
}
