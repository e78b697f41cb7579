package dev.tally.common.redis.topology;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Objects;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Node;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Sentinel;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Makes the Redis client follow the Sentinels, if there are any. */
@Configuration(proxyBeanMethods = false)
@Conditional(TopologyConfiguration.SentinelsGiven.class)
class SentinelConfiguration {

  /** A Sentinel has little to do. One that takes longer is as good as away. */
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  SentinelConfiguration() {}

  @Bean
  PrimaryChannels primaryChannels() {
    return new PrimaryChannels();
  }

  @Bean
  PrimaryAddresses primaryAddresses() {
    return new PrimaryAddresses();
  }

  @Bean
  ClientResourcesBuilderCustomizer followThePrimary(
      PrimaryChannels channels, PrimaryAddresses addresses) {
    return resources -> resources.nettyCustomizer(channels).socketAddressResolver(addresses);
  }

  @Bean
  FailoverWatch failoverWatch(
      LettuceConnectionFactory connections,
      DataRedisConnectionDetails details,
      PrimaryChannels channels,
      PrimaryAddresses addresses,
      MeterRegistry meters) {
    Sentinel sentinel = Objects.requireNonNull(details.getSentinel());
    return new FailoverWatch(
        sentinel.getNodes().stream().map(node -> link(connections, sentinel, node)).toList(),
        channels,
        addresses,
        meters);
  }

  private static SentinelLink link(
      LettuceConnectionFactory connections, Sentinel sentinel, Node node) {
    RedisURI url = url(connections.getClientConfiguration(), sentinel, node);
    return new SentinelLink(
        node.host() + ":" + node.port(),
        sentinel.getMaster(),
        () -> ((RedisClient) connections.getRequiredNativeClient()).connectSentinel(url));
  }

  private static RedisURI url(LettuceClientConfiguration client, Sentinel sentinel, Node node) {
    RedisURI.Builder url =
        RedisURI.builder()
            .withHost(node.host())
            .withPort(node.port())
            .withSsl(client.isUseSsl())
            .withVerifyPeer(client.getVerifyMode())
            .withTimeout(TIMEOUT);
    String password = sentinel.getPassword();
    if (password != null) {
      url.withPassword(password.toCharArray());
    }
    return url.build();
  }
}
