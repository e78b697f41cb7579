package dev.tally.common.identity;

/**
 * The public name of a chat.
 *
 * @param number the chat's number in its app, from 1. A path with a wrong number names a chat with
 *     the number {@link Numbers#NONE}, which no app has
 */
public record ChatName(AppToken app, long number) {}
