package io.forebay.source.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a file begins with, by which it is known again: the first half of the SHA-256 of its first
 * bytes.
 *
 * @param length bytes that the hash covers; fewer than the node's {@code fingerprint_size} while
 *     the file is shorter, 0 for an empty file
 * @param hash in hexadecimal digits
 */
record Fingerprint(int length, String hash) {

  static final int MAX_LENGTH = 65536;

  static final Fingerprint EMPTY = new Fingerprint(0, "");

  static Fingerprint take(FileChannel channel, int maxLength) throws IOException {
    byte[] head = head(channel, maxLength);
    return of(head, head.length);
  }

  /**
   * The fingerprint of the file as it is now, which covers more when the file has grown.
   *
   * @return null when the file does not begin with what this fingerprint was taken of
   */
  @Nullable Fingerprint follow(FileChannel channel, int maxLength) throws IOException {
    byte[] head = head(channel, Math.max(maxLength, length));
    if (head.length < length || !of(head, length).equals(this)) {
      return null;
    }
    int grown = Math.min(head.length, maxLength);
    return grown > length ? of(head, grown) : this;
  }

  private static byte[] head(FileChannel channel, int maxLength) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(maxLength);
    while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) > 0) {
      // A read may give less than was asked for.
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static Fingerprint of(byte[] head, int length) {
    if (length == 0) {
      return EMPTY;
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(head, 0, length);
      return new Fingerprint(length, HexFormat.of().formatHex(digest.digest(), 0, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
