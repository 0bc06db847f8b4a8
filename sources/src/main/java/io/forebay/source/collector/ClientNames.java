package io.forebay.source.collector;

import io.forebay.source.collector.Faults.Fault;
import io.grpc.Attributes;
import io.grpc.Grpc;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The names that a client's verified certificate gives it, as far as the check asks for them.
 *
 * @param names null when there is no certificate
 */
record ClientNames(AgentIdCheck check, @Nullable Set<String> names) {

  static final Attributes.Key<ClientNames> KEY = Attributes.Key.create("forebay-client-names");

  // RFC 5280, 4.2.1.6.
  private static final int DNS = 2;
  private static final int URI = 6;

  /** The names of a connection's client. */
  static ClientNames of(Attributes transport, AgentIdCheck check) {
    SSLSession session = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (check == AgentIdCheck.NONE || session == null) {
      return new ClientNames(check, null);
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain[0] instanceof X509Certificate certificate
          ? new ClientNames(check, names(certificate, check))
          : new ClientNames(check, null);
    } catch (SSLPeerUnverifiedException none) {
      return new ClientNames(check, null);
    }
  }

  /** Why the client may not speak for the agent; null when it may. */
  @Nullable Fault check(String agentId) {
    Set<String> allowed = names;
    if (check == AgentIdCheck.NONE) {
      return null;
    }
    if (allowed == null) {
      return Faults.unauthenticated("this receiver asks for a client certificate");
    }
    boolean named =
        allowed.contains(agentId)
            || (check != AgentIdCheck.URI
                && allowed.contains("dns:" + agentId.toLowerCase(Locale.ROOT)));
    return named
        ? null
        : Faults.forbidden(
            "the client certificate does not name the agent "
                + agentId
                + " (agent_id_check: "
                + check.name().toLowerCase(Locale.ROOT)
                + ")");
  }

  private static Set<String> names(X509Certificate certificate, AgentIdCheck check) {
    Set<String> names = new HashSet<>();
    if (check == AgentIdCheck.COMMON_NAME || check == AgentIdCheck.ANY) {
      addCommonNames(certificate, names);
    }
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        alternatives.forEach(each -> addAlternative(each, check, names));
      }
    } catch (CertificateParsingException e) {
      return names; // What cannot be read names nobody.
    }
    return names;
  }

  private static void addAlternative(List<?> name, AgentIdCheck check, Set<String> names) {
    boolean any = check == AgentIdCheck.ANY;
    if (name.get(0).equals(DNS) && (any || check == AgentIdCheck.DNS_NAME)) {
      names.add("dns:" + String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
    } else if (name.get(0).equals(URI) && (any || check == AgentIdCheck.URI)) {
      names.add(String.valueOf(name.get(1)));
    }
  }

  private static void addCommonNames(X509Certificate certificate, Set<String> names) {
    try {
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          names.add(String.valueOf(part.getValue()));
        }
      }
    } catch (InvalidNameException e) {
      names.clear(); // As above.
    }
  }
}
