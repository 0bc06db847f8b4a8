package io.forebay.core.config;

/** A configuration record with rules beyond those of its single keys. */
public interface Validated {

  /**
   * Reports each rule that is broken. Called once all keys have been read without a problem, on the
   * finished record.
   */
  void validate(Complaints complaints);

  /** Takes complaints about a record. */
  @FunctionalInterface
  interface Complaints {
    /**
     * @param key the YAML key that is to be changed, as it stands in this record; empty for the
     *     block itself
     * @param what what is wrong and how to mend it
     */
    void report(String key, String what);
  }
}
