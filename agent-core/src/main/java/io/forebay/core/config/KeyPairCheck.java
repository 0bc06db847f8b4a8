package io.forebay.core.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a private key belongs to a certificate: while a pair is being renewed, one file may
 * be new and the other old.
 */
public final class KeyPairCheck {

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN (ENCRYPTED )?PRIVATE KEY-----([^-]+)-----END");
  private static final byte[] SAMPLE = "a key and its certificate".getBytes(StandardCharsets.UTF_8);

  private KeyPairCheck() {}

  /**
   * False when it does not; true also when that cannot be told.
   *
   * @param keyFile a PEM file with a PKCS#8 key
   */
  public static boolean belong(PublicKey certified, byte[] keyFile, @Nullable Secret password) {
    try {
      PKCS8EncodedKeySpec encoded = encoded(keyFile, password);
      String algorithm = signatures(certified);
      if (encoded == null || algorithm == null) {
        return true;
      }
      PrivateKey key = KeyFactory.getInstance(certified.getAlgorithm()).generatePrivate(encoded);
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(SAMPLE);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(certified);
      verifier.update(SAMPLE);
      return verifier.verify(signature);
    } catch (InvalidKeySpecException e) {
      // A key of another kind.
      return false;
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      return true;
    }
  }

  /**
   * @param keyFile a PEM file with a PKCS#8 key
   */
  public static boolean isEncrypted(byte[] keyFile) {
    Matcher pem = PEM.matcher(new String(keyFile, StandardCharsets.ISO_8859_1));
    return pem.find() && pem.group(1) != null;
  }

  /**
   * False when the key is encrypted and the password, or that there is none, does not open it; true
   * also when that cannot be told.
   *
   * @param keyFile a PEM file with a PKCS#8 key
   */
  public static boolean opens(@Nullable Secret password, byte[] keyFile) {
    if (!isEncrypted(keyFile)) {
      return true;
    }
    if (password == null) {
      return false;
    }
    try {
      encoded(keyFile, password);
      return true;
    } catch (InvalidKeyException | InvalidKeySpecException e) {
      // What comes out of the cipher is no key: the password is another.
      return false;
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      return true;
    }
  }

  private static @Nullable PKCS8EncodedKeySpec encoded(byte[] file, @Nullable Secret password)
      throws GeneralSecurityException, IOException {
    Matcher pem = PEM.matcher(new String(file, StandardCharsets.ISO_8859_1));
    if (!pem.find()) {
      return null;
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
    if (pem.group(1) == null) {
      return new PKCS8EncodedKeySpec(der);
    }
    EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
    if (password == null || info.getAlgParameters() == null) {
      return null;
    }
    // Of PBES2 the parameters' text names the scheme, and the algorithm only its family.
    String scheme = info.getAlgParameters().toString();
    Cipher cipher = Cipher.getInstance(scheme);
    cipher.init(
        Cipher.DECRYPT_MODE,
        SecretKeyFactory.getInstance(scheme)
            .generateSecret(new PBEKeySpec(password.reveal().toCharArray())),
        info.getAlgParameters());
    return info.getKeySpec(cipher);
  }

  private static @Nullable String signatures(PublicKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
      default -> null;
    };
  }
}
