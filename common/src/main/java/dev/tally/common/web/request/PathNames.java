package dev.tally.common.web.request;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.web.problem.ProblemException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Reads an {@link AppToken}, a {@link ChatName} or a {@link MessageName} from the variables of a
 * route's path: {@code token}, {@code chat} and {@code number}. On a route with one number, {@code
 * number} may be the chat's.
 *
 * <p>A path without a token's shape gets its 404 here. A wrong number becomes {@link Numbers#NONE},
 * because its 404 also depends on whether the app exists.
 *
 * <p>Spring resolves parameters in their order. A controller takes the name after the query's
 * parameters, so that a query that cannot be read is a 400 on every path.
 */
final class PathNames implements HandlerMethodArgumentResolver {

  private static final Set<Class<?>> NAMES =
      Set.of(AppToken.class, ChatName.class, MessageName.class);

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return NAMES.contains(parameter.getParameterType());
  }

  @Override
  public Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer model,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    Map<String, String> path = variables(request);
    Class<?> wanted = parameter.getParameterType();
    AppToken app =
        AppToken.parse(variable(path, "token")).orElseThrow(ProblemException::appNotFound);
    if (wanted == AppToken.class) {
      return app;
    }
    ChatName chat =
        new ChatName(
            app, Numbers.parse(variable(path, path.containsKey("chat") ? "chat" : "number")));
    return wanted == ChatName.class
        ? chat
        : new MessageName(chat, Numbers.parse(variable(path, "number")));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> variables(NativeWebRequest request) {
    Object variables =
        request.getAttribute(
            HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
    return variables == null ? Map.of() : (Map<String, String>) variables;
  }

  private static String variable(Map<String, String> path, String name) {
    String value = path.get(name);
    if (value == null) {
      throw new IllegalStateException("the route's path has no variable " + name);
    }
    return value;
  }
}
