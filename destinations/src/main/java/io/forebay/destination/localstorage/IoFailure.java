package io.forebay.destination.localstorage;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Failures of the filesystem in the words of the operator who has to mend them. */
final class IoFailure {

  private IoFailure() {}

  static String text(Throwable failure) {
    if (failure instanceof AccessDeniedException denied) {
      return denied.getFile() + ": no permission; let the agent's user write there";
    }
    if (failure instanceof NoSuchFileException missing) {
      return missing.getFile() + " does not exist";
    }
    if (failure instanceof FileAlreadyExistsException existing) {
      return existing.getFile() + " exists already, and is no directory or not the agent's";
    }
    if (failure instanceof FileSystemException other && other.getReason() != null) {
      return other.getFile() + ": " + other.getReason();
    }
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
