package dev.tally.system.console;

import dev.tally.stack.Ports;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import java.util.Set;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A console whose gateway lets it write: an API of its own, and a gateway that knows its origin.
 */
final class WritableConsole implements AutoCloseable {

  private final RunningTally running = RunningTally.shared();
  private final String port = Integer.toString(Ports.choose(Set.of()));
  private final ConfigurableApplicationContext gateway;
  private final TallyClient tally;
  private ConfigurableApplicationContext api;

  private WritableConsole() {
    String origin = "http://127.0.0.1:" + port;
    gateway = running.startGateway("--TALLY_CORS_ORIGINS=" + origin);
    tally = new TallyClient(origin, RunningTally.url(gateway));
    api = newApi();
  }

  static WritableConsole start() {
    return new WritableConsole();
  }

  TallyClient tally() {
    return tally;
  }

  void stopApi() {
    api.close();
  }

  void startApi() {
    api = newApi();
  }

  private ConfigurableApplicationContext newApi() {
    return running.startApi(
        "--server.port=" + port, "--TALLY_GATEWAY_URL=" + RunningTally.url(gateway));
  }

  @Override
  public void close() {
    api.close();
    gateway.close();
  }
}
