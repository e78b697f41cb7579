package dev.tally.common.redis;

import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * Keys are text and values are bytes, so that a value that is not UTF-8 passes through unchanged.
 */
public class BytesRedisTemplate extends RedisTemplate<String, byte[]> {

  @SuppressWarnings("this-escape") // the setters are RedisTemplate's own
  public BytesRedisTemplate(RedisConnectionFactory connections) {
    setConnectionFactory(connections);
    setKeySerializer(RedisSerializer.string());
    setValueSerializer(RedisSerializer.byteArray());
  }
}
