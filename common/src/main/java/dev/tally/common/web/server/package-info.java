/**
 * What the web server of every service sees to before a request gets to a controller: how long a
 * client may take, whose word about a client's address is believed, and the headers of every
 * answer.
 */
@NullMarked
package dev.tally.common.web.server;

import org.jspecify.annotations.NullMarked;
