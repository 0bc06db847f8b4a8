package io.forebay.queuebench;

/** A queue or log that is measured. Used by one thread. */
interface Candidate {

  /** Takes what is read, in order; the bytes are valid during the call. */
  interface Sink {
    void record(byte[] bytes, int offset, int length);
  }

  void append(byte[] record) throws Exception;

  /** Appends all; those without a call for it get one record that holds them. */
  default void appendBatch(byte[][] records) throws Exception {
    append(Records.pack(records));
  }

  /** Whether a batch is read back as one record. */
  default boolean packs() {
    return true;
  }

  /** Returns once everything appended so far is durable. */
  void sync() throws Exception;

  void closeWrite() throws Exception;

  void readAll(Sink sink) throws Exception;

  /** Whether it can be closed when it was opened to be read. */
  default boolean closesAfterReading() {
    return true;
  }
}
