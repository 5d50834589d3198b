package callgate.image.debian;

import callgate.image.report.ImageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/** Checks a clear-signed text (RFC 9580, section 7) against the keys of a file. */
final class OpenPgp {
    private static final String MESSAGE_BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----";
    private static final String SIGNATURE_BEGIN = "-----BEGIN PGP SIGNATURE-----";
    private static final String SIGNATURE_END = "-----END PGP SIGNATURE-----";

    /** Hashes that are not known to be weak. */
    private static final Set<Integer> STRONG_HASHES =
            Set.of(HashAlgorithmTags.SHA256, HashAlgorithmTags.SHA384, HashAlgorithmTags.SHA512);

    private static final int MAX_SIGNATURES = 32;
    private static final long MAX_KEYRING_BYTES = 16 << 20;

    private OpenPgp() {}

    /**
     * The text of a clear-signed message, if a key of the ring has signed it.
     *
     * @param message the whole message; nothing may stand before or after it
     * @param where what the message is, for errors
     * @param keyring a key ring, binary or armoured; all its keys are trusted
     * @param now when signatures and keys must be valid
     */
    static String verified(byte[] message, String where, Path keyring, Instant now)
            throws IOException {
        ClearSigned parts = ClearSigned.split(message, where);
        PGPPublicKeyRingCollection keys = readKeys(keyring);
        List<String> problems = new ArrayList<>();
        try {
            for (PGPSignature signature : signatures(parts.signature, where)) {
                String problem = problem(signature, keys, parts.canonicalText(), now);
                if (problem == null) {
                    return parts.text();
                }
                problems.add(problem);
            }
        } catch (ImageException e) {
            throw e;
        } catch (PGPException
                | IOException
                | RuntimeException e) { // the library throws all of these at damaged input
            throw new ImageException(
                    where + ": its OpenPGP signature is damaged (" + e.getMessage() + ")", e);
        }
        throw new ImageException(
                where
                        + ": no valid signature by a key of "
                        + keyring
                        + ": "
                        + String.join("; ", problems)
                        + ". Either this is not the archive that the keys belong to, or it was"
                        + " changed on the way, or the keys are too old: update them, or name others with --keyring");
    }

    private static List<PGPSignature> signatures(byte[] armoured, String where) throws IOException {
        List<PGPSignature> signatures = new ArrayList<>();
        try (InputStream in = new ArmoredInputStream(new ByteArrayInputStream(armoured))) {
            BcPGPObjectFactory objects = new BcPGPObjectFactory(in);
            for (Object object = objects.nextObject();
                    object != null;
                    object = objects.nextObject()) {
                if (object instanceof PGPSignatureList list) {
                    list.forEach(signatures::add);
                }
                if (signatures.size() > MAX_SIGNATURES) {
                    throw new ImageException(
                            where + ": more than " + MAX_SIGNATURES + " signatures");
                }
            }
        }
        if (signatures.isEmpty()) {
            throw new ImageException(where + ": it has no OpenPGP signature in it");
        }
        return signatures;
    }

    /** Why a signature does not count; null when it does. */
    private static String problem(
            PGPSignature signature, PGPPublicKeyRingCollection keys, byte[] text, Instant now)
            throws PGPException {
        String id = String.format(Locale.ROOT, "key %016X", signature.getKeyID());
        if (signature.getSignatureType() != PGPSignature.CANONICAL_TEXT_DOCUMENT) {
            return id + ": not a signature of a text";
        }
        if (!STRONG_HASHES.contains(signature.getHashAlgorithm())) {
            return id + ": signed with a hash that is too weak";
        }
        PGPPublicKeyRing ring = keys.getPublicKeyRing(signature.getKeyID());
        PGPPublicKey key = ring == null ? null : ring.getPublicKey(signature.getKeyID());
        if (key == null) {
            return id + ": not among the keys";
        }
        if (isUnusable(key, now) || isUnusable(ring.getPublicKey(), now)) {
            return id + ": the key has expired or was revoked";
        }
        signature.init(new BcPGPContentVerifierBuilderProvider(), key);
        signature.update(text);
        if (!signature.verify()) {
            return id + ": the signature does not match the text";
        }
        return isExpired(signature, now) ? id + ": the signature has expired" : null;
    }

    private static boolean isUnusable(PGPPublicKey key, Instant now) {
        long seconds = key.getValidSeconds();
        boolean expired =
                seconds > 0 && now.isAfter(key.getCreationTime().toInstant().plusSeconds(seconds));
        return expired || key.hasRevocation();
    }

    private static boolean isExpired(PGPSignature signature, Instant now) {
        long seconds =
                signature.getHashedSubPackets() == null
                        ? 0
                        : signature.getHashedSubPackets().getSignatureExpirationTime();
        Date created = signature.getCreationTime();
        return seconds > 0 && now.isAfter(created.toInstant().plus(Duration.ofSeconds(seconds)));
    }

    private static PGPPublicKeyRingCollection readKeys(Path keyring) throws IOException {
        if (!Files.isRegularFile(keyring) || Files.size(keyring) > MAX_KEYRING_BYTES) {
            throw new ImageException(
                    "there is no key ring "
                            + keyring
                            + "; install the package debian-archive-keyring,"
                            + " or name a file with the archive's keys with --keyring");
        }
        try (InputStream in =
                PGPUtil.getDecoderStream(new ByteArrayInputStream(Files.readAllBytes(keyring)))) {
            return new PGPPublicKeyRingCollection(in, new BcKeyFingerprintCalculator());
        } catch (PGPException | IOException | RuntimeException e) {
            throw new ImageException(
                    "the key ring "
                            + keyring
                            + " cannot be read ("
                            + e.getMessage()
                            + "); it must hold OpenPGP public keys, binary or armoured",
                    e);
        }
    }

    /** The text and the signature of a clear-signed message; lines without their ends. */
    private record ClearSigned(List<byte[]> lines, byte[] signature) {
        static ClearSigned split(byte[] message, String where) throws ImageException {
            List<byte[]> all = lines(message);
            int at = 0;
            if (all.isEmpty() || !isLine(all.get(at++), MESSAGE_BEGIN)) {
                throw new ImageException(
                        where
                                + ": not a signed text (it does not begin with \""
                                + MESSAGE_BEGIN
                                + "\"); is this address really a mirror of Debian?");
            }
            while (at < all.size() && all.get(at).length > 0) {
                at++; // "Hash:" headers, which say nothing that the signature does not
            }
            at++;
            List<byte[]> text = new ArrayList<>();
            while (at < all.size() && !isLine(all.get(at), SIGNATURE_BEGIN)) {
                byte[] line = all.get(at++);
                boolean escaped = line.length >= 2 && line[0] == '-' && line[1] == ' ';
                text.add(escaped ? Arrays.copyOfRange(line, 2, line.length) : line);
            }
            ByteArrayOutputStream signature = new ByteArrayOutputStream();
            boolean ended = false;
            for (; at < all.size() && !ended; at++) {
                signature.writeBytes(all.get(at));
                signature.write('\n');
                ended = isLine(all.get(at), SIGNATURE_END);
            }
            boolean more =
                    all.subList(Math.min(at, all.size()), all.size()).stream()
                            .anyMatch(line -> line.length > 0);
            if (!ended || more) {
                throw new ImageException(
                        where + ": the signed text is cut off, or has something after its end");
            }
            return new ClearSigned(text, signature.toByteArray());
        }

        /**
         * What is signed: lines without trailing blanks, CR LF between them (RFC 9580, section
         * 7.2).
         */
        byte[] canonicalText() {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int i = 0; i < lines.size(); i++) {
                out.writeBytes(i == 0 ? new byte[0] : new byte[] {'\r', '\n'});
                out.writeBytes(lines.get(i));
            }
            return out.toByteArray();
        }

        String text() {
            StringBuilder text = new StringBuilder();
            for (byte[] line : lines) {
                text.append(new String(line, StandardCharsets.UTF_8)).append('\n');
            }
            return text.toString();
        }

        private static List<byte[]> lines(byte[] bytes) {
            List<byte[]> lines = new ArrayList<>();
            int start = 0;
            for (int i = 0; i <= bytes.length; i++) {
                if (i == bytes.length || bytes[i] == '\n') {
                    int end = i;
                    while (end > start
                            && (bytes[end - 1] == ' '
                                    || bytes[end - 1] == '\t'
                                    || bytes[end - 1] == '\r')) {
                        end--;
                    }
                    lines.add(Arrays.copyOfRange(bytes, start, end));
                    start = i + 1;
                }
            }
            return lines;
        }

        private static boolean isLine(byte[] line, String text) {
            return Arrays.equals(line, text.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
