package io.forebay.queue;

import java.io.IOException;
import java.nio.file.Files;

/**
 * Every damage that has a name, and what comes of it. The texts are the cells of the table in
 * {@code docs/DURABILITY.md}.
 */
enum NamedDamage {
  TRUNCATED_FRAME(
      "the last frame of the newest segment is cut",
      queue -> DamagedQueue.cutTo(queue.segment(81), DamagedQueue.frameAt(89) + 98),
      "89",
      "–",
      "81.seg at offset 1224: there is no sound frame; record 89 is lost",
      "`damaged-81.seg-1224` of 98",
      "damaged: records at the end are missing (1); 98 bytes after the last frame"),
  TRUNCATED_FRAME_WITHIN(
      "the last frame of an older segment is cut",
      queue -> DamagedQueue.cutTo(queue.segment(54), DamagedQueue.frameAt(80) + 98),
      "80",
      "–",
      "54.seg at offset 3888: there is no sound frame; record 80 is lost",
      "`damaged-54.seg-3888` of 98",
      "damaged: there is no sound frame (1)"),
  BAD_LENGTH(
      "the length of frame 60 is wrong",
      queue -> DamagedQueue.flip(queue.segment(54), DamagedQueue.frameAt(60) + 6),
      "60",
      "–",
      "54.seg at offset 928: there is no sound frame; record 60 is lost",
      "`damaged-54.seg-928` of 148",
      "damaged: there is no sound frame (1)"),
  BAD_CHECKSUM(
      "a byte of record 60 is wrong",
      queue -> DamagedQueue.flip(queue.segment(54), DamagedQueue.frameAt(60) + 100),
      "60",
      "–",
      "54.seg at offset 928: the checksum of a frame does not fit; record 60 is lost",
      "`damaged-54.seg-928` of 148",
      "damaged: the checksum of a frame does not fit (1)"),
  ZEROED_SECTOR(
      "a sector of 512 bytes reads as zeros",
      queue -> DamagedQueue.zero(queue.segment(54), 1024, 1536),
      "60 to 64",
      "–",
      "54.seg at offset 928: the checksum of a frame does not fit; record 60 is "
          + "lost; 54.seg at offset 1076: there is no sound frame; records 61 to 64 are "
          + "lost",
      "`damaged-54.seg-1076` of 592, `damaged-54.seg-928` of 148",
      "damaged: the checksum of a frame does not fit (1); there is no sound frame (4)"),
  NOISE_AT_THE_END(
      "bytes that are no frame follow the last one",
      queue -> DamagedQueue.cutTo(queue.segment(81), DamagedQueue.frameAt(89) + 700),
      "–",
      "–",
      "–",
      "–",
      "well: 552 bytes after the last frame"),
  BAD_SEGMENT_HEADER(
      "the header of a segment is wrong",
      queue -> DamagedQueue.flip(queue.segment(54), 20),
      "–",
      "–",
      "54.seg at offset 0: the segment header is damaged; its frames are read",
      "–",
      "damaged: the segment header is damaged; its frames are read"),
  DUPLICATED_SEGMENT(
      "a segment lies there again under a higher number",
      queue -> Files.copy(queue.segment(54), queue.segment(100)),
      "–",
      "–",
      "–",
      "–",
      "well"),
  DUPLICATED_SEGMENT_WITHIN(
      "a segment lies there again under a number within it",
      queue -> Files.copy(queue.segment(54), queue.segment(60)),
      "–",
      "–",
      "60.seg at offset 0: the segment header is damaged; its frames are read",
      "–",
      "damaged: the segment header is damaged; its frames are read"),
  MISSING_SEGMENT(
      "a segment in the middle is missing",
      queue -> Files.delete(queue.segment(54)),
      "54 to 80",
      "–",
      "27.seg at offset 4036: the records that should follow are missing; records "
          + "54 to 80 are lost",
      "–",
      "damaged: the records that should follow are missing (27)"),
  MISSING_NEWEST_SEGMENT(
      "the newest segment is missing",
      queue -> Files.delete(queue.segment(81)),
      "81 to 89",
      "–",
      "queue: records 81 to 89 are lost: no segment holds them",
      "–",
      "damaged: records at the end are missing (9)"),
  EMPTY_SEGMENT(
      "a segment has no byte",
      queue -> DamagedQueue.cutTo(queue.segment(54), 0),
      "54 to 80",
      "–",
      "54.seg at offset 0: the segment header is damaged; its frames are read; "
          + "54.seg at offset 40: the records that should follow are missing; records 54 "
          + "to 80 are lost",
      "–",
      "damaged: the records that should follow are missing (27)"),
  EMPTY_NEWEST_SEGMENT(
      "a new segment has no byte",
      queue -> Files.createFile(queue.segment(90)),
      "–",
      "–",
      "–",
      "–",
      "well"),
  HEADER_ONLY(
      "a segment has nothing but its header",
      queue -> DamagedQueue.cutTo(queue.segment(54), SegmentHeader.BYTES),
      "54 to 80",
      "–",
      "54.seg at offset 40: the records that should follow are missing; records 54 "
          + "to 80 are lost",
      "–",
      "damaged: the records that should follow are missing (27)"),
  HEADER_ONLY_NEWEST(
      "the newest segment has nothing but its header",
      queue -> DamagedQueue.cutTo(queue.segment(81), SegmentHeader.BYTES),
      "81 to 89",
      "–",
      "queue: records 81 to 89 are lost: no segment holds them",
      "–",
      "damaged: records at the end are missing (9)"),
  MISSING_STATE(
      "the file `state` is missing",
      queue -> Files.delete(queue.state()),
      "–",
      "27 to 29",
      "queue: no sound state file; every record comes again",
      "–",
      "damaged: the state cannot be read"),
  TORN_STATE(
      "the last write of `state` is torn", DamagedQueue::tearState, "–", "–", "–", "–", "well"),
  BAD_STATE(
      "both slots of `state` are wrong",
      queue -> DamagedQueue.zero(queue.state(), 0, StateFile.FILE_BYTES),
      "–",
      "27 to 29",
      "queue: no sound state file; every record comes again",
      "–",
      "damaged: the state cannot be read"),
  CUT_STATE(
      "`state` has no byte",
      queue -> DamagedQueue.cutTo(queue.state(), 0),
      "–",
      "27 to 29",
      "queue: no sound state file; every record comes again",
      "–",
      "damaged: the state cannot be read"),
  STRAY_FILE(
      "a file that is not the queue's",
      queue -> Files.write(queue.directory().resolve("notes.txt"), new byte[1000]),
      "–",
      "–",
      "–",
      "–",
      "well"),
  FOREIGN_DIRECTORY(
      "a directory that is not the queue's, with the name of a segment",
      queue -> Files.createDirectories(queue.segment(200).resolve("within")),
      "–",
      "–",
      "–",
      "–",
      "well"),
  OLDER_FORMAT(
      "the newest segment is in format 0",
      queue -> DamagedQueue.version(queue.segment(81), 0),
      "refused: 81.seg: written in format 0; this version reads format 1. Drain it "
          + "with the version that wrote it, or give this one another directory",
      "–",
      "–",
      "–",
      "refused"),
  NEWER_FORMAT(
      "the newest segment is in format 2",
      queue -> DamagedQueue.version(queue.segment(81), 2),
      "refused: 81.seg: written in format 2; this version reads format 1. Drain it "
          + "with the version that wrote it, or give this one another directory",
      "–",
      "–",
      "–",
      "refused"),
  NEWER_FORMAT_WITHIN(
      "a segment in the middle is in format 2",
      queue -> DamagedQueue.version(queue.segment(54), 2),
      "refused: 54.seg: written in format 2; this version reads format 1. Drain it "
          + "with the version that wrote it, or give this one another directory",
      "–",
      "–",
      "–",
      "refused"),
  NEWER_STATE(
      "`state` is in format 2",
      queue -> queue.stateVersion(2),
      "refused: state: written in format 2; this version reads format 1. Drain it "
          + "with the version that wrote it, or give this one another directory",
      "–",
      "–",
      "–",
      "refused"),
  STRANGE_SEGMENT(
      "the newest segment is another queue's",
      queue -> DamagedQueue.header(queue.segment(81), 8, 42),
      "refused: 81.seg: belongs to another queue than the state file beside it. "
          + "Put each of the two into a directory of its own; or with forebay queue repair queue "
          + "the state file is put aside, and all records on disk are sent again",
      "–",
      "–",
      "–",
      "damaged: belongs to another queue than the state file beside it"),
  STRANGE_SEGMENT_WITHIN(
      "a segment in the middle is another queue's",
      queue -> DamagedQueue.header(queue.segment(54), 8, 42),
      "–",
      "–",
      "54.seg at offset 0: belongs to another queue than the state file beside it; "
          + "its frames are read",
      "–",
      "damaged: belongs to another queue than the state file beside it");

  /** What somebody does to a directory. */
  interface Change {
    void to(DamagedQueue queue) throws IOException;
  }

  final String damage;
  final Change change;
  final DamageOutcome outcome;

  NamedDamage(
      String damage,
      Change change,
      String lost,
      String again,
      String said,
      String kept,
      String checked) {
    this.damage = damage;
    this.change = change;
    this.outcome = new DamageOutcome(lost, again, said, kept, checked);
  }

  /** The line of the table. */
  String line() {
    return "| " + damage + " " + outcome.cells();
  }
}
