package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.queue.DiskException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DiskExceptionTest {

  private static final String USER = System.getProperty("user.name");

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(
            new IOException("No space left on device"),
            Kind.FULL,
            "its file system is full; make room on it"),
        Arguments.of(
            new FileSystemException("/q/1.seg", null, "Disk quota exceeded"),
            Kind.FULL,
            "its file system is full; make room on it"),
        Arguments.of(
            new FileSystemException("/q/1.seg", null, "Read-only file system"),
            Kind.READ_ONLY,
            "its file system is read-only; look at the disk, and mount it so that it can be written"),
        Arguments.of(
            new IOException("Input/output error"),
            Kind.FAILING,
            "its disk fails (Input/output error); look at the disk, or give the queue another path"),
        Arguments.of(
            new AccessDeniedException("/q/1.seg"),
            Kind.DENIED,
            "user '"
                + USER
                + "' may not use /q/1.seg; give it the right to read and write the directory and its"
                + " files"),
        Arguments.of(
            new NoSuchFileException("/q/1.seg"),
            Kind.FAILING,
            "its disk fails (/q/1.seg is not there any more); look at the disk, or give the queue"
                + " another path"),
        Arguments.of(
            new NotDirectoryException("/q"),
            Kind.FAILING,
            "its disk fails (/q is no directory); look at the disk, or give the queue another path"),
        Arguments.of(
            new FileAlreadyExistsException("/q/1.seg"),
            Kind.FAILING,
            "/q/1.seg is in the way; remove it where it is not the queue's"),
        Arguments.of(
            new QueueLockedException(Path.of("/q"), "another process (pid 7)"),
            Kind.IN_USE,
            "queue directory /q is in use by another process (pid 7); stop that, or give the queue"
                + " another path"),
        Arguments.of(
            new IOException(),
            Kind.FAILING,
            "its disk fails (it does not say why); look at the disk, or give the queue another"
                + " path"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void says_whatIsWrong_andWhatMendsIt(Exception cause, Kind kind, String message) {
    DiskException told = DiskException.of(cause);
    assertThat(told.kind()).isEqualTo(kind);
    assertThat(told).hasMessage(message).hasCause(cause);
    assertThat(DiskException.of(told)).isSameAs(told);
  }

  @Test
  void aDirectoryThatIsGone_isNamedByWhoeverTellsOfIt() {
    assertThat(DiskException.gone())
        .hasMessage(
            "the directory was removed or moved away; put the directory back, or make an empty"
                + " one");
  }
}
