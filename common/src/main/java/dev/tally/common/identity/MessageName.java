package dev.tally.common.identity;

/**
 * The public name of a message.
 *
 * @param number the message's number in its chat, from 1
 */
public record MessageName(ChatName chat, long number) {}
