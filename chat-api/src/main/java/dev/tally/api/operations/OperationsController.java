package dev.tally.api.operations;

import dev.tally.api.app.AdminKey;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
final class OperationsController {

  private final Operations operations;
  private final AdminKey adminKey;

  OperationsController(Operations operations, AdminKey adminKey) {
    this.operations = operations;
    this.adminKey = adminKey;
  }

  @GetMapping("/operations")
  OperationsView get(HttpServletRequest request) {
    adminKey.require(request);
    return operations.current();
  }
}
