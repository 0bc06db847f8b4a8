package io.forebay.destination.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.PKIXReason;
import java.time.Instant;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class TlsFailureTest {

  @Test
  void anAuthorityOfTheRightNameWithAnotherKeyIsAnUnknownOne() {
    CertPathValidatorException path =
        new CertPathValidatorException(
            "Path does not chain with any of the trust anchors",
            null,
            null,
            -1,
            PKIXReason.NO_TRUST_ANCHOR);
    SSLHandshakeException failure = new SSLHandshakeException("PKIX path validation failed");
    failure.initCause(new CertificateException("PKIX path validation failed: " + path, path));

    assertThat(TlsFailure.describe(failure, null, Instant.EPOCH))
        .isEqualTo(
            "its certificate is not trusted: it was signed by none of the authorities of tls.ca_file");
  }
}
