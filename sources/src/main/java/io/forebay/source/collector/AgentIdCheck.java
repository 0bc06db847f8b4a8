package io.forebay.source.collector;

/** Which name in a client's certificate must be the agent's id. */
public enum AgentIdCheck {
  /** Any id is taken. */
  NONE,
  /** The common name of the subject. */
  COMMON_NAME,
  /** One of the DNS names, ignoring case. */
  DNS_NAME,
  /** One of the URIs, such as a SPIFFE id. */
  URI,
  /** Any of these. */
  ANY
}
