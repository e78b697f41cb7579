package dev.tally.gateway;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.context.ConfigurableApplicationContext;

/** A gateway that all tests of a class share, and chats whose messages they change. */
abstract class ChangesFixture {

  static GatewayFixture fixture;
  static ConfigurableApplicationContext gateway;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture();
    gateway = fixture.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** A new chat with two messages. */
  static ChangedChat chat() {
    return ChangedChat.in(fixture, gateway);
  }
}
