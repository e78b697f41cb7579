package dev.tally.common.web.ratelimit;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/** Counts the requests of a client address in front of everything that answers one. */
final class AddressRateLimit
    implements WebServerFactoryCustomizer<TomcatServletWebServerFactory>, Ordered {

  private final RateLimit limit;

  AddressRateLimit(RateLimit limit) {
    this.limit = limit;
  }

  boolean isOn() {
    return limit.isOn();
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    if (isOn()) {
      factory.addContextValves(new AddressRateLimitValve(limit));
    }
  }

  /** Valves are in the order in which they are added. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }
}
