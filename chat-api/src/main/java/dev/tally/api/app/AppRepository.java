package dev.tally.api.app;

import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.repository.Repository;

interface AppRepository extends Repository<App, Long> {

  App save(App app);

  Optional<App> findByToken(String token);

  boolean existsByToken(String token);

  List<App> findByIdGreaterThanOrderById(long id, Limit limit);
}
