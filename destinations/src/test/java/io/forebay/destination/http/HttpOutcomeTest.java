package io.forebay.destination.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.core.component.SendResult.Rejected;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.component.SendResult.TooLarge;
import io.forebay.core.item.ByteSlice;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpOutcomeTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);
  private static final Redaction NOTHING = Redaction.of(List.of());

  private final HttpOutcome outcome = new HttpOutcome("http://receiver/in", CLOCK);

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204, 299})
  void isDelivered(int status) {
    assertThat(judge(status)).isSameAs(Delivered.INSTANCE);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 101, 408, 425, 429, 500, 501, 502, 503, 504, 507, 599})
  void isTriedAgain(int status) {
    assertThat(judge(status)).isInstanceOf(Retry.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 304, 307, 308, 401, 403, 404, 405, 407})
  void pauses(int status) {
    assertThat(judge(status)).isInstanceOf(Paused.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 402, 406, 409, 410, 411, 415, 422, 431, 451, 499})
  void rejects(int status) {
    assertThat(judge(status)).isInstanceOf(Rejected.class);
  }

  @Test
  void isTooLarge() {
    assertThat(judge(413)).isInstanceOf(TooLarge.class);
  }

  @Test
  void namesTheReceiverTheStatusAndItsWords() {
    assertThat(outcome.ofReply(reply(400, "", "no such field: x"), NOTHING))
        .isEqualTo(new Rejected("http://receiver/in answered 400: no such field: x"));
  }

  @Test
  void namesWhereARedirectPoints() {
    HttpHeaders headers = new DefaultHttpHeaders().add("Location", "https://elsewhere/in");

    assertThat(outcome.ofReply(new HttpReply(301, headers, ByteSlice.EMPTY), NOTHING))
        .isEqualTo(
            new Paused(
                "http://receiver/in answered 301, which is not followed; it points to"
                    + " https://elsewhere/in"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 0",
        "7 | 7",
        " 120  | 120",
        "3600 | 3600",
        "3601 | 3600",
        "99999999999999999999999 | 3600",
        "Sat, 21 Nov 2026 12:00:30 GMT | 30",
        "Sat, 21 Nov 2026 11:00:00 GMT | 0",
        "Sun, 21 Nov 2027 12:00:00 GMT | 3600",
      })
  void honoursRetryAfter(String value, long seconds) {
    assertThat(outcome.ofReply(reply(503, value, ""), NOTHING))
        .isEqualTo(new Retry("http://receiver/in answered 503", Duration.ofSeconds(seconds)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-5", "1.5", "Sat, 99 Nov 2026 12:00:30 GMT", "１２"})
  void ignoresARetryAfterThatIsNone(String value) {
    assertThat(outcome.ofReply(reply(429, value, ""), NOTHING))
        .isEqualTo(new Retry("http://receiver/in answered 429", null, true));
  }

  @Test
  void tooManyRequests_isOverload_andNothingElseIs() {
    assertThat(((Retry) outcome.ofReply(reply(429, "", ""), NOTHING)).overloaded()).isTrue();
    assertThat(((Retry) outcome.ofReply(reply(503, "", ""), NOTHING)).overloaded()).isFalse();
  }

  @Test
  void hidesSecretsThatAReceiverEchoes() {
    Redaction redaction = Redaction.of(List.of("Bearer s3cr3t-token")).with("fresh-token");

    SendResult result =
        outcome.ofReply(
            reply(403, "", "Bearer s3cr3t-token, s3cr3t-token and fresh-token are wrong"),
            redaction);

    assertThat(result)
        .isEqualTo(new Paused("http://receiver/in answered 403: ***, *** and *** are wrong"));
  }

  @Test
  void cleansControlCharactersAndBoundsTheLength() {
    String body = "a\u0000b\r\nc\u001b[31m\u202e\ttail" + "x".repeat(3000);

    String why = ((Rejected) outcome.ofReply(reply(400, "", body), NOTHING)).why();

    assertThat(why).startsWith("http://receiver/in answered 400: a b c [31m tailxxx");
    assertThat(why.length()).isLessThan(600);
    assertThat(why.chars()).noneMatch(c -> c < 0x20 || c == 0x202e);
  }

  private SendResult judge(int status) {
    return outcome.ofReply(reply(status, "", "text"), NOTHING);
  }

  private static HttpReply reply(int status, String retryAfter, String body) {
    HttpHeaders headers = new DefaultHttpHeaders();
    if (!retryAfter.isEmpty()) {
      headers.add("Retry-After", retryAfter);
    }
    return new HttpReply(status, headers, ByteSlice.utf8(body));
  }
}
