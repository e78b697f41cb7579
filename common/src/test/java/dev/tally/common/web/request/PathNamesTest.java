package dev.tally.common.web.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.MethodParameter;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.servlet.HandlerMapping;

class PathNamesTest {

  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final AppToken APP = new AppToken(TOKEN);

  private final PathNames names = new PathNames();

  @SuppressWarnings("unused") // Its parameters are those of a controller.
  private static void route(AppToken app, ChatName chat, MessageName message, String text) {}

  @Test
  void aNameIsReadFromThePath() {
    assertThat(read(AppToken.class, Map.of("token", TOKEN))).isEqualTo(APP);
    assertThat(read(ChatName.class, Map.of("token", TOKEN, "number", "7")))
        .isEqualTo(new ChatName(APP, 7));
    assertThat(read(ChatName.class, Map.of("token", TOKEN, "chat", "7")))
        .isEqualTo(new ChatName(APP, 7));
    assertThat(read(MessageName.class, Map.of("token", TOKEN, "chat", "7", "number", "9")))
        .isEqualTo(new MessageName(new ChatName(APP, 7), 9));
  }

  @Test
  void anAppIsMissingIfItsTokenHasNoTokensShape() {
    for (Class<?> type : new Class<?>[] {AppToken.class, ChatName.class, MessageName.class}) {
      assertThatThrownBy(() -> read(type, Map.of("token", "x", "chat", "7", "number", "9")))
          .isInstanceOfSatisfying(
              ProblemException.class,
              problem -> assertThat(problem.type()).isEqualTo(ProblemType.APP_NOT_FOUND));
    }
  }

  @Test
  void aWrongNumberIsTheNumberThatNothingHas() {
    assertThat(read(ChatName.class, Map.of("token", TOKEN, "number", "x")))
        .isEqualTo(new ChatName(APP, Numbers.NONE));
    assertThat(read(MessageName.class, Map.of("token", TOKEN, "chat", "01", "number", "-1")))
        .isEqualTo(new MessageName(new ChatName(APP, Numbers.NONE), Numbers.NONE));
  }

  @Test
  void aRouteWithoutTheVariableIsAFault() {
    assertThatThrownBy(() -> read(AppToken.class, Map.of("number", "7")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("token");
  }

  @Test
  void otherParametersAreLeftToSpring() {
    assertThat(names.supportsParameter(parameter(String.class))).isFalse();
  }

  private Object read(Class<?> type, Map<String, String> path) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.setAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, path);
    MethodParameter parameter = parameter(type);
    assertThat(names.supportsParameter(parameter)).isTrue();
    return names.resolveArgument(parameter, null, new ServletWebRequest(request), null);
  }

  private static MethodParameter parameter(Class<?> type) {
    Method route =
        Arrays.stream(PathNamesTest.class.getDeclaredMethods())
            .filter(method -> method.getName().equals("route"))
            .findFirst()
            .orElseThrow();
    return new MethodParameter(route, Arrays.asList(route.getParameterTypes()).indexOf(type));
  }
}
