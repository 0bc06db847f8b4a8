package io.forebay.destination.http;

import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.core.component.SendResult.Rejected;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.component.SendResult.TooLarge;
import io.forebay.destination.net.NetworkFailure;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Clock;

/**
 * What an answer, or its absence, means for delivery; the one place that knows status codes.
 *
 * <table>
 *   <caption>Status codes</caption>
 *   <tr><td>2xx</td><td>delivered</td></tr>
 *   <tr><td>3xx</td><td>paused: redirects are not followed, since a body and its credentials would
 *       go to where a stranger points</td></tr>
 *   <tr><td>401, 403, 404, 405, 407</td><td>paused</td></tr>
 *   <tr><td>408, 425, 429, 5xx</td><td>retry, after {@code Retry-After} where it is given</td></tr>
 *   <tr><td>413</td><td>too large</td></tr>
 *   <tr><td>other 4xx</td><td>rejected</td></tr>
 * </table>
 *
 * <p>A connection that fails is retried; certificates that fail pause.
 */
final class HttpOutcome {

  private static final int TOO_MANY_REQUESTS = 429;

  private final String target;
  private final Clock clock;

  /**
   * @param target the receiver, for people
   */
  HttpOutcome(String target, Clock clock) {
    this.target = target;
    this.clock = clock;
  }

  SendResult ofReply(HttpReply reply, Redaction redaction) {
    int status = reply.status();
    if (status >= 200 && status < 300) {
      return Delivered.INSTANCE;
    }
    String why = describe(reply, redaction);
    if (status >= 300 && status < 400) {
      return new Paused(why);
    }
    return switch (status) {
      case 401, 403, 404, 405, 407 -> new Paused(why);
      case 408, 425, 429 -> retry(reply, why);
      case 413 -> new TooLarge(why);
      default -> status >= 400 && status < 500 ? new Rejected(why) : retry(reply, why);
    };
  }

  SendResult ofFailure(Throwable failure) {
    return NetworkFailure.outcome(failure, target);
  }

  private SendResult retry(HttpReply reply, String why) {
    return new Retry(
        why,
        RetryAfter.parse(reply.headers().get("Retry-After"), clock),
        reply.status() == TOO_MANY_REQUESTS);
  }

  private String describe(HttpReply reply, Redaction redaction) {
    StringBuilder why = new StringBuilder(target).append(" answered ").append(reply.status());
    if (reply.status() >= 300 && reply.status() < 400) {
      String location = reply.headers().get(HttpHeaderNames.LOCATION);
      why.append(", which is not followed");
      if (location != null) {
        why.append("; it points to ").append(redaction.clean(location));
      }
      return why.toString();
    }
    String text = redaction.clean(reply.text());
    if (!text.isEmpty()) {
      why.append(": ").append(text);
    }
    return why.toString();
  }
}
