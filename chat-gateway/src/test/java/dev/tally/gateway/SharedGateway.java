package dev.tally.gateway;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;

/** A gateway that all tests of a class share. */
abstract class SharedGateway {

  static GatewayFixture fixture;
  static ConfigurableApplicationContext gateway;
  static StringRedisTemplate redis;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture();
    gateway = fixture.start();
    redis = gateway.getBean(StringRedisTemplate.class);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }
}
