package dev.tally.common.identity;

/**
 * The public name of a change.
 *
 * @param number the change's number among those of its chat, from 1
 */
public record ChangeName(ChatName chat, long number) {}
