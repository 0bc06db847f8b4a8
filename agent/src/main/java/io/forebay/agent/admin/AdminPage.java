package io.forebay.agent.admin;

/**
 * One page of the admin server.
 *
 * @param path as requested, such as {@code /metrics}
 * @param summary one line for the index
 * @param content made anew for each request, on the admin server's own thread
 */
record AdminPage(String path, String summary, Content content) {

  /** Makes the answer. */
  @FunctionalInterface
  interface Content {
    AdminResponse render() throws Exception;
  }
}
