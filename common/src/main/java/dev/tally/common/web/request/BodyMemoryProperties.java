package dev.tally.common.web.request;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * How much memory bodies may take.
 *
 * @param memory the length of all request bodies together that arrive or are worked on. Each costs
 *     some ten times its length in the end. More lets more large bodies in at once; less leaves
 *     more memory to other requests
 */
@ConfigurationProperties("tally.server.bodies")
record BodyMemoryProperties(DataSize memory) {}
