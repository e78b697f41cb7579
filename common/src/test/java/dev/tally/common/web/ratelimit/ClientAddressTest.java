package dev.tally.common.web.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

class ClientAddressTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "0:0:0:0:0:0:0:1, 0000000000000000",
    "2001:db8:1:2:3:4:5:6, 20010db800010002",
    "2001:DB8:1:2::9, 20010db800010002",
    "2001:db8:1:3::9, 20010db800010003",
    "::ffff:192.0.2.1, 192.0.2.1",
    "not:an:address, not:an:address"
  })
  void anIpv6AddressIsCountedAsItsNetwork(String address, String key) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.setRemoteAddr(address);

    assertThat(ClientAddress.of(request)).isEqualTo(key);
  }
}
