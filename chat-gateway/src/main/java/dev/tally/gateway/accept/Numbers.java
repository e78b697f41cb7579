package dev.tally.gateway.accept;

/** A run of consecutive numbers, both ends included. */
public record Numbers(long first, long last) {}
