package dev.tally.common.identity;

/**
 * The public name of a chat.
 *
 * @param number the chat's number in its app, from 1
 */
public record ChatName(AppToken app, long number) {}
