package io.forebay.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.agent.process.StopRequest;
import io.forebay.agent.process.StopSignal;
import io.forebay.agent.terminal.Style;
import io.forebay.core.component.ComponentRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DemoTest {

  private final StringWriter out = new StringWriter();

  @Test
  void anOutage_losesNothing() throws Exception {
    DemoScript script = script(Duration.ofMillis(2500));

    assertThat(demo(script).run(new StopRequest(), "test")).as(out.toString()).isTrue();

    assertThat(out.toString())
        .contains("receiver=down")
        .contains("received = delivered + buffered + dead letters + dropped: yes")
        .contains("nothing lost: yes");
  }

  @Test
  void interrupted_theLedgerStillAddsUp() throws Exception {
    StopRequest stop = new StopRequest();
    Thread asking =
        new Thread(
            () -> {
              try {
                Thread.sleep(1200);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              stop.ask(new StopSignal("INT", 2));
            });
    asking.start();

    assertThat(demo(script(Duration.ofSeconds(30))).run(stop, "test")).as(out.toString()).isTrue();

    assertThat(out.toString()).contains("stopped early");
  }

  private static DemoScript script(Duration generateUntil) {
    return new DemoScript(
        Duration.ofMillis(500),
        Duration.ofMillis(1500),
        generateUntil,
        Duration.ofSeconds(40),
        200,
        100);
  }

  private Demo demo(DemoScript script) {
    return new Demo(
        ComponentRegistry.load(), script, new PrintWriter(out, true), false, Style.PLAIN);
  }
}
