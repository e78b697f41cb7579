package dev.tally.common.accept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.partition.PartitionKeys;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.StringRedisTemplate;

/** What Redis has, in the words of {@link AcceptModel}. */
record HeldInRedis(StringRedisTemplate redis, IdempotencyLimits idempotency) {

  /** The content of each key in Redis, marked if the key has an expiry. */
  Map<String, Object> all() {
    Map<String, Object> held = new HashMap<>();
    for (String key : redis.keys("*")) {
      Object value =
          switch (redis.type(key)) {
            case LIST -> redis.opsForList().range(key, 0, -1);
            case HASH -> entries(key);
            case null, default -> redis.opsForValue().get(key);
          };
      Long life = redis.getExpire(key);
      if (life != null && life >= 0) {
        assertThat(Duration.ofSeconds(life))
            .isBetween(idempotency.life(), idempotency.life().plus(idempotency.slice()));
        value = "for a time: " + value;
      }
      held.put(key, value == null ? "gone" : value);
    }
    return held;
  }

  /** The fields of a hash, without the time in the counts of records. */
  private Map<String, String> entries(String key) {
    HashOperations<String, String, String> hashes = redis.opsForHash();
    Map<String, String> fields = new TreeMap<>(hashes.entries(key));
    PartitionKeys.RECORDS.forEach(
        count -> fields.computeIfPresent(count, (_, value) -> value.replaceFirst("\\d+", "then")));
    return fields;
  }
}
