package dev.tally.common.startup.address;

import static dev.tally.common.startup.address.AddressSetting.optional;
import static dev.tally.common.startup.address.AddressSetting.required;

import dev.tally.common.startup.address.UrlFormat.Part;
import java.util.List;
import java.util.Set;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.PropertyResolver;
import org.springframework.util.StringUtils;

/**
 * Ends the start of a service if a setting that may hold a password cannot be used. It runs before
 * the service creates anything, because what reads such a setting later quotes it in its errors.
 */
final class AddressCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private static final String REDIS_URL = "TALLY_REDIS_URL";
  private static final String REDIS_URL_PROPERTY = "spring.data.redis.url";
  private static final String CLUSTER_NODES = "tally.redis.cluster-nodes";
  private static final String SENTINEL_NODES = "tally.redis.sentinel-nodes";
  private static final Set<String> REDIS = Set.of("redis", "rediss");
  private static final Set<String> WEB = Set.of("http", "https");

  private static final List<AddressSetting> SETTINGS =
      List.of(
          required("TALLY_MYSQL_URL", "spring.datasource.url", new DatabaseUrlFormat()),
          optional("TALLY_MYSQL_USER", "spring.datasource.username", new SecretFormat()),
          optional("TALLY_MYSQL_PASSWORD", "spring.datasource.password", new SecretFormat()),
          optional("TALLY_REDIS_CLUSTER_NODES", CLUSTER_NODES, new NodesFormat()),
          optional("TALLY_REDIS_SENTINEL_NODES", SENTINEL_NODES, new NodesFormat()),
          optional(
              "TALLY_REDIS_SENTINEL_MASTER", "tally.redis.sentinel-master", new SecretFormat()),
          optional(
              "TALLY_REDIS_SENTINEL_PASSWORD", "tally.redis.sentinel-password", new SecretFormat()),
          required(
              "TALLY_ELASTICSEARCH_URL",
              "spring.elasticsearch.uris",
              new UrlFormat(
                  "http://host:port or https://host:port, with commas between several",
                  WEB,
                  Set.of(Part.CREDENTIALS, Part.PATH, Part.SEVERAL))),
          optional("TALLY_ELASTICSEARCH_USER", "spring.elasticsearch.username", new SecretFormat()),
          optional(
              "TALLY_ELASTICSEARCH_PASSWORD", "spring.elasticsearch.password", new SecretFormat()),
          optional(
              "OTEL_EXPORTER_OTLP_ENDPOINT",
              "tally.tracing.endpoint",
              new UrlFormat("http://host:port or https://host:port", WEB, Set.of(Part.PATH))),
          required(
              "TALLY_GATEWAY_URL",
              "tally.api.gateway.url",
              new UrlFormat("an http or https URL", WEB, Set.of(Part.PATH, Part.FREE_PORT))),
          optional("TALLY_CORS_ORIGINS", "tally.web.origins", new OriginsFormat()),
          optional("TALLY_API_HOSTS", "tally.api.host.names", new HostsFormat()),
          optional("TALLY_TRUSTED_PROXIES", "tally.server.trusted-proxies", new SecretFormat()),
          optional("TALLY_ADMIN_KEY", "tally.api.admin-key", new SecretFormat()));

  AddressCheck() {}

  @Override
  public void initialize(ConfigurableApplicationContext service) {
    check(service.getEnvironment());
  }

  /**
   * Checks all settings that the service has.
   *
   * @throws dev.tally.common.startup.InvalidSettingException if one cannot be used
   */
  static void check(PropertyResolver settings) {
    SETTINGS.forEach(setting -> setting.check(settings));
    redis(settings).check(settings);
  }

  /** The address in the URL is not used if nodes are given. */
  private static AddressSetting redis(PropertyResolver settings) {
    boolean hasNodes =
        StringUtils.hasText(settings.getProperty(CLUSTER_NODES))
            || StringUtils.hasText(settings.getProperty(SENTINEL_NODES));
    return required(
        REDIS_URL,
        REDIS_URL_PROPERTY,
        new UrlFormat(
            "redis://user:password@host:port, or rediss: for TLS",
            REDIS,
            hasNodes
                ? Set.of(Part.CREDENTIALS, Part.DATABASE)
                : Set.of(Part.CREDENTIALS, Part.DATABASE, Part.PORT)));
  }
}
