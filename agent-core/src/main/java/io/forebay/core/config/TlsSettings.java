package io.forebay.core.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The {@code tls} block that sources and destinations share. PEM files. */
public record TlsSettings(
    @Key(value = "Whether TLS is used.", defaultValue = "true") boolean enabled,
    @Key(
            "PEM file of the certificate authorities to trust; the JDK's own when both this and ca_path are missing.")
        @Nullable Path caFile,
    @Key(
            "Directory of such files: the certificates of every *.pem, *.crt and *.cer in it are trusted, beside those of ca_file.")
        @Nullable Path caPath,
    @Key("PEM file of the own certificate chain.") @Nullable Path crtFile,
    @Key("PEM file of the own private key, PKCS#8.") @Nullable Path keyFile,
    @Key("Password of the private key.") @Nullable Secret keyPassword,
    @Key(
            value = "What a listener asks of its clients' certificates.",
            defaultValue = "noclientcert")
        ClientAuth clientAuthType,
    @Key(value = "Oldest protocol version accepted.", defaultValue = "TLSv1_2") Version minVersion,
    @Key(value = "Newest protocol version accepted.", defaultValue = "TLSv1_3") Version maxVersion,
    @Key(
            value =
                "Trust any certificate and any name. Whoever sits on the way can read and change everything.",
            defaultValue = "false")
        boolean ignoreCertificateCheck)
    implements Validated {

  /** What a listener asks of its clients. */
  public enum ClientAuth {
    NOCLIENTCERT,
    REQUESTCLIENTCERT,
    REQUIREANYCLIENTCERT,
    VERIFYCLIENTCERTIFGIVEN,
    REQUIREANDVERIFYCLIENTCERT
  }

  /** A protocol version; {@link #protocol} is the JDK's name of it. */
  public enum Version {
    TLSV1_2("TLSv1.2"),
    TLSV1_3("TLSv1.3");

    private final String protocol;

    Version(String protocol) {
      this.protocol = protocol;
    }

    public String protocol() {
      return protocol;
    }
  }

  @Override
  public void validate(Complaints complaints) {
    if ((crtFile == null) != (keyFile == null)) {
      complaints.report(
          crtFile == null ? "key_file" : "crt_file", "crt_file and key_file go together");
    }
    if (minVersion.compareTo(maxVersion) > 0) {
      complaints.report("min_version", "min_version is newer than max_version");
    }
  }
}
