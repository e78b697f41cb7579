package dev.tally.gateway.accept;

/** Consecutive numbers from first to last, both included. */
public record Numbers(long first, long last) {}
