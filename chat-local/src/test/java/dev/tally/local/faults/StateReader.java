package dev.tally.local.faults;

import dev.tally.stack.EmbeddedStack;

/** Reads a deployment's state from its servers, without any service's help. */
final class StateReader {

  private final EmbeddedStack stack;

  StateReader(EmbeddedStack stack) {
    this.stack = stack;
  }

  /** To be called when nothing is on its way any more: queues drained, outbox empty. */
  State read() {
    throw new UnsupportedOperationException("not yet: " + stack);
  }
}
