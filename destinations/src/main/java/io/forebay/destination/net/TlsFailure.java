package io.forebay.destination.net;

import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why two sides could not agree on TLS, in words: what is wrong with whose certificate. The words
 * of alerts are those of RFC 8446, section 6.2.
 */
public final class TlsFailure {

  private static final Pattern ALERT =
      Pattern.compile("(?:fatal alert|alert received|tlsv1 alert|alert)[: ]+([a-z_ ]+)");

  /** What an alert says of our side. */
  private static final Map<String, String> REFUSALS =
      Map.of(
          "certificate_expired", "by its clock our certificate has expired",
          "certificate_revoked", "our certificate was revoked",
          "unknown_ca", "it does not know the authority that signed our certificate",
          "certificate_required",
              "it wants a client certificate; set tls.crt_file and tls.key_file",
          "bad_certificate", "it does not accept our certificate",
          "certificate_unknown", "it does not accept our certificate",
          "unsupported_certificate", "our certificate is not of a kind that it takes",
          "access_denied", "our certificate gives no access",
          "unrecognized_name", "it does not know the name that we ask for; see server_name",
          "protocol_version", "it speaks no version of TLS that we allow");

  /**
   * How a server ends the handshake when it wants a certificate and gets none. Java shows none when
   * the server names authorities and ours is not among them.
   */
  private static final Map<String, String> NONE_SHOWN =
      Map.of(
          "certificate_required",
          "our certificate was not shown, for it is signed by no authority that it names",
          "handshake_failure",
          "it ends the handshake; our certificate may be signed by no authority that it names");

  private TlsFailure() {}

  /**
   * The cause in words, for one sentence after the receiver's name; null when the failure is not
   * about certificates or TLS at all, or says nothing of them.
   *
   * @param ownEnd when our certificate expires; null when we have none
   * @param now tells whether it has
   */
  public static @Nullable String describe(
      @Nullable Throwable failure, @Nullable Instant ownEnd, Instant now) {
    if (failure == null) {
      return null;
    }
    if (Causes.find(failure, NotSslRecordException.class) != null) {
      return "it does not speak TLS on this port; use the port that does";
    }
    String theirs = certificate(failure);
    if (theirs != null) {
      return theirs;
    }
    SSLException tls = Causes.find(failure, SSLException.class);
    String alert = tls == null ? null : alert(String.valueOf(tls.getMessage()));
    if (alert == null) {
      return null;
    }
    if (ownEnd == null && (alert.contains("certificate") || alert.equals("handshake_failure"))) {
      return REFUSALS.get("certificate_required") + " (" + alert + ")";
    }
    String refusal = REFUSALS.get(alert);
    if (ownEnd != null && !ownEnd.isAfter(now)) {
      refusal = "it refuses our certificate, which expired at " + ownEnd;
    } else if (ownEnd != null) {
      refusal = NONE_SHOWN.getOrDefault(alert, refusal);
    }
    return (refusal == null ? "the TLS handshake failed" : refusal) + " (" + alert + ")";
  }

  /** What is wrong with the other side's certificate. */
  private static @Nullable String certificate(Throwable failure) {
    CertificateExpiredException expired = Causes.find(failure, CertificateExpiredException.class);
    if (expired != null) {
      return "its certificate has expired (" + expired.getMessage() + ")";
    }
    CertificateNotYetValidException early =
        Causes.find(failure, CertificateNotYetValidException.class);
    if (early != null) {
      return "its certificate is not valid yet (" + early.getMessage() + ")";
    }
    CertPathValidatorException path = Causes.find(failure, CertPathValidatorException.class);
    if (Causes.find(failure, CertPathBuilderException.class) != null
        // An authority of the right name with another key.
        || (path != null && path.getReason() == PKIXReason.NO_TRUST_ANCHOR)) {
      return "its certificate is not trusted: it was signed by none of the authorities of"
          + " tls.ca_file";
    }
    CertificateException certificate = Causes.find(failure, CertificateException.class);
    if (certificate == null) {
      return null;
    }
    String message = String.valueOf(certificate.getMessage());
    if (message.contains("subject alternative") || message.contains("No name matching")) {
      return "its certificate is for another name: " + message + " (see server_name)";
    }
    return "its certificate is not trusted: " + message;
  }

  private static @Nullable String alert(String message) {
    Matcher matcher = ALERT.matcher(message.toLowerCase(Locale.ROOT));
    return matcher.find() ? matcher.group(1).strip().replace(' ', '_') : null;
  }
}
