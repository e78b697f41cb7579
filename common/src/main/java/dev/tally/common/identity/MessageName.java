package dev.tally.common.identity;

/**
 * The public name of a message.
 *
 * @param number the message's number in its chat, from 1. A path with a wrong number names a
 *     message with the number {@link Numbers#NONE}, which no chat has
 */
public record MessageName(ChatName chat, long number) {}
