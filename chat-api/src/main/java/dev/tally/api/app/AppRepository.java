package dev.tally.api.app;

import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.repository.Repository;

interface AppRepository extends Repository<App, Long> {

  App save(App app);

  Optional<App> findByToken(String token);

  List<App> findByIdGreaterThanAndDeletedAtIsNullOrderById(long id, Limit limit);
}
