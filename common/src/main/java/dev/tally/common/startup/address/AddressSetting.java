package dev.tally.common.startup.address;

import dev.tally.common.startup.InvalidSettingException;
import org.springframework.core.env.PropertyResolver;
import org.springframework.util.PlaceholderResolutionException;

/**
 * A setting that may hold a password.
 *
 * @param variable the environment variable that people set
 * @param property the property that the service reads, whose default is the variable
 * @param isRequired whether an empty text is invalid. Without a property, the service does not use
 *     the setting.
 */
record AddressSetting(String variable, String property, boolean isRequired, AddressFormat format) {

  static AddressSetting required(String variable, String property, AddressFormat format) {
    return new AddressSetting(variable, property, true, format);
  }

  static AddressSetting optional(String variable, String property, AddressFormat format) {
    return new AddressSetting(variable, property, false, format);
  }

  /**
   * Checks the setting.
   *
   * @throws InvalidSettingException if the service cannot use it
   */
  void check(PropertyResolver settings) {
    String text;
    try {
      text = settings.getProperty(property);
    } catch (PlaceholderResolutionException e) {
      throw new InvalidSettingException(
          "%s has ${…}, which stands for another setting, and there is none. It must be %s"
              .formatted(variable, format.expectation()));
    }
    if (text == null || (text.isBlank() && !isRequired)) {
      return;
    }
    if (!format.accepts(text)) {
      throw new InvalidSettingException("%s must be %s".formatted(variable, format.expectation()));
    }
  }
}
