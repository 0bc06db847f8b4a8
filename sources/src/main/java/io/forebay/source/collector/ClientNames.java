package io.forebay.source.collector;

import io.forebay.source.collector.Faults.Fault;
import io.grpc.Attributes;
import io.grpc.Grpc;
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
 * @param certified whether there is a certificate
 * @param exact names that count as they are
 * @param dnsNames in lower case
 */
record ClientNames(AgentIdCheck check, boolean certified, Set<String> exact, Set<String> dnsNames) {

  static final Attributes.Key<ClientNames> KEY = Attributes.Key.create("forebay-client-names");

  // RFC 5280, 4.2.1.6.
  private static final int DNS = 2;
  private static final int URI = 6;

  /** The names of a connection's client. */
  static ClientNames of(Attributes transport, AgentIdCheck check) {
    SSLSession session = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (check == AgentIdCheck.NONE || session == null) {
      return uncertified(check);
    }
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate certificate
          ? of(certificate, check)
          : uncertified(check);
    } catch (SSLPeerUnverifiedException none) {
      return uncertified(check);
    }
  }

  /** Why the client may not speak for the agent; null when it may. */
  @Nullable Fault check(String agentId) {
    if (check == AgentIdCheck.NONE) {
      return null;
    }
    if (!certified) {
      return Faults.unauthenticated("this receiver asks for a client certificate");
    }
    return exact.contains(agentId) || dnsNames.contains(agentId.toLowerCase(Locale.ROOT))
        ? null
        : Faults.forbidden(
            "the client certificate does not name the agent "
                + agentId
                + " (agent_id_check: "
                + check.name().toLowerCase(Locale.ROOT)
                + ")");
  }

  private static ClientNames uncertified(AgentIdCheck check) {
    return new ClientNames(check, false, Set.of(), Set.of());
  }

  private static ClientNames of(X509Certificate certificate, AgentIdCheck check) {
    ClientNames names = new ClientNames(check, true, new HashSet<>(), new HashSet<>());
    if (check == AgentIdCheck.COMMON_NAME || check == AgentIdCheck.ANY) {
      addCommonNames(certificate, names.exact);
    }
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        alternatives.forEach(names::addAlternative);
      }
    } catch (CertificateParsingException e) {
      return names; // What cannot be read names nobody.
    }
    return names;
  }

  private void addAlternative(List<?> name) {
    boolean any = check == AgentIdCheck.ANY;
    String text = String.valueOf(name.get(1));
    if (name.get(0).equals(DNS) && (any || check == AgentIdCheck.DNS_NAME)) {
      dnsNames.add(text.toLowerCase(Locale.ROOT));
    } else if (name.get(0).equals(URI) && (any || check == AgentIdCheck.URI)) {
      exact.add(text);
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
