package io.forebay.queuebench;

import java.nio.file.Path;

/** The candidates by name. */
final class Candidates {

  private Candidates() {}

  /**
   * @param write false to read what was written before
   * @param syncEvery records from one sync to the next, 0 for none
   */
  static Candidate open(String name, Path directory, boolean write, int syncEvery)
      throws Exception {
    return switch (name) {
      case "rawfc" -> new BareLog(directory, write);
      case "rawbuf" -> new BufferedLog(directory, write);
      case "rawmmap" -> new MappedLog(directory, write);
      case "chronicle" -> new ChronicleQueueLog(directory, write, syncEvery);
      case "artemis" -> new ArtemisJournal(directory, write);
      case "tape" -> new TapeFile(directory);
      case "h2mv" -> new H2Map(directory, syncEvery);
      case "mapdb" -> new MapDbTree(directory, syncEvery);
      case "rocksdb" -> new RocksDbTable(directory);
      case "kafka" -> new KafkaSegment(directory, write);
      case "kahadb" -> new KahaDbJournal(directory, syncEvery);
      default -> throw new IllegalArgumentException("there is no candidate " + name);
    };
  }
}
