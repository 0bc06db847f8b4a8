package io.forebay.agent.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostCheckTest {

  private final HostCheck local = HostCheck.of(InetAddress.getLoopbackAddress(), "admin.local");

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST:9710", "127.0.0.1:9710", "[::1]:9710", "admin.local:1"})
  void loopback_allowsWhatCannotBeRebound(String header) {
    assertThat(local.allows(header)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example", "localhost.evil.example:9710", "", "127.0.0.1.evil.example"})
  void loopback_refusesNames(String header) {
    assertThat(local.allows(header)).isFalse();
  }

  @Test
  void loopback_refusesAMissingHeader() {
    assertThat(local.allows(null)).isFalse();
  }

  @Test
  void otherInterfaces_areReachedByAnyName() throws Exception {
    HostCheck open = HostCheck.of(InetAddress.getByName("0.0.0.0"), "0.0.0.0");

    assertThat(open.allows("agent-7.pods.example:9710")).isTrue();
  }
}
