package dev.tally.system.faults.check;

import dev.tally.system.faults.workload.History;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Once a client was told that something exists, no later request may get a 404 for it; and no
 * request may get a 410 for a chat that is not lost.
 */
final class DenialCheck {

  private static final String NO_MESSAGE = "message-not-found";

  private final List<History.Entry> entries;
  private final State state;
  private final Losses losses;
  private final Set<String> lostApps;
  private final List<Violation> violations;
  private final Map<Parent, Long> knownSince = new HashMap<>();
  private final Map<Parent.Chat, List<History.Entry>> said = new HashMap<>();
  private final Set<Parent> denied = new HashSet<>();

  /**
   * @param lostApps apps that MySQL has lost
   */
  DenialCheck(
      List<History.Entry> entries,
      State state,
      Losses losses,
      Set<String> lostApps,
      List<Violation> violations) {
    this.entries = entries;
    this.state = state;
    this.losses = losses;
    this.lostApps = lostApps;
    this.violations = violations;
  }

  /** Adds its findings to the violations. */
  void check() {
    entries.forEach(this::learn);
    for (History.Entry entry : entries) {
      if (entry.outcome() instanceof Outcome.Refused(int status, String problem)) {
        if (status == 410 && entry.request() instanceof Request.ReadChat(String app, long number)) {
          checkGone(new Parent.Chat(app, number));
        } else if (problem.equals(NO_MESSAGE) && entry.request() instanceof Request.Change change) {
          checkMessage(change, entry);
        } else if (status == 404) {
          checkParent(parent(entry.request()), entry);
        }
      }
    }
  }

  private void learn(History.Entry entry) {
    Parent known = null;
    if (entry.outcome() instanceof Outcome.CreatedApp(String token)) {
      known = new Parent.App(token);
    } else if (entry.outcome() instanceof Outcome.Accepted(long number, _)) {
      if (entry.request() instanceof Request.NewChat chat) {
        known = new Parent.Chat(chat.app(), number);
      } else if (entry.request() instanceof Request.NewMessages messages) {
        said.computeIfAbsent(
                new Parent.Chat(messages.app(), messages.chat()), _ -> new ArrayList<>())
            .add(entry);
      }
    }
    if (known != null) {
      knownSince.merge(known, entry.endNanos(), Math::min);
    }
  }

  private static @Nullable Parent parent(Request request) {
    return Write.parent(request) instanceof Parent.Changes changes
        ? changes.chat()
        : Write.parent(request);
  }

  private void checkGone(Parent.Chat chat) {
    if (!state.voidChats().contains(chat) && !lostApps.contains(chat.app()) && denied.add(chat)) {
      violations.add(new Violation.Denied(chat));
    }
  }

  private void checkParent(@Nullable Parent parent, History.Entry entry) {
    if (parent != null
        && knownSince.getOrDefault(parent, Long.MAX_VALUE) < entry.startNanos()
        && !lostApps.contains(parent.app())
        && !(parent instanceof Parent.Chat chat
            && losses.mayBeUnknown(chat, knownSince.getOrDefault(parent, 0L), entry.endNanos()))
        && denied.add(parent)) {
      violations.add(new Violation.Denied(parent));
    }
  }

  private void checkMessage(Request.Change change, History.Entry entry) {
    Parent.Chat chat = new Parent.Chat(change.app(), change.chat());
    boolean isKnown =
        said.getOrDefault(chat, List.of()).stream()
            .anyMatch(
                earlier ->
                    earlier.endNanos() < entry.startNanos()
                        && earlier.outcome() instanceof Outcome.Accepted(_, long last)
                        && last >= change.message()
                        && !losses.mayBeUnknown(
                            chat, change.message(), earlier.endNanos(), entry.endNanos()));
    if (isKnown && !lostApps.contains(chat.app())) {
      violations.add(new Violation.MessageDenied(chat, change.message()));
    }
  }
}
