package callgate.image.debian;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPKeyRingGenerator;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/** A key of an archive, made for a test. */
public final class SigningKey {
    private final PGPKeyPair pair;
    private final byte[] keyring;

    private SigningKey(PGPKeyPair pair, byte[] keyring) {
        this.pair = pair;
        this.keyring = keyring;
    }

    /** A new key that is valid for so long from its making on; 0 is for ever. */
    public static SigningKey create(Instant made, long validSeconds) {
        try {
            Ed25519KeyPairGenerator generator = new Ed25519KeyPairGenerator();
            generator.init(new Ed25519KeyGenerationParameters(new SecureRandom()));
            PGPKeyPair pair =
                    new BcPGPKeyPair(
                            PublicKeyPacket.VERSION_4,
                            PublicKeyAlgorithmTags.EDDSA_LEGACY,
                            generator.generateKeyPair(),
                            Date.from(made));
            PGPSignatureSubpacketGenerator subpackets = new PGPSignatureSubpacketGenerator();
            subpackets.setKeyExpirationTime(false, validSeconds);
            PGPKeyRingGenerator ring =
                    new PGPKeyRingGenerator(
                            PGPSignature.POSITIVE_CERTIFICATION,
                            pair,
                            "test",
                            new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA1),
                            subpackets.generate(),
                            null,
                            new BcPGPContentSignerBuilder(
                                    pair.getPublicKey().getAlgorithm(), HashAlgorithmTags.SHA256),
                            null);
            return new SigningKey(pair, ring.generatePublicKeyRing().getEncoded());
        } catch (PGPException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key for ever. */
    public static SigningKey create() {
        return create(Instant.now().minusSeconds(1000), 0);
    }

    /** The public key as a key ring file has it. */
    public byte[] keyring() {
        return keyring;
    }

    /** Clear-signs a text whose lines end in line feeds. */
    public byte[] sign(String text) {
        return sign(text, HashAlgorithmTags.SHA256);
    }

    /** Clear-signs with a certain hash. */
    public byte[] sign(String text, int hash) {
        try {
            PGPSignatureGenerator signer =
                    new PGPSignatureGenerator(
                            new BcPGPContentSignerBuilder(pair.getPublicKey().getAlgorithm(), hash),
                            pair.getPublicKey());
            signer.init(PGPSignature.CANONICAL_TEXT_DOCUMENT, pair.getPrivateKey());
            String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
            signer.update(
                    body.replaceAll("(?m)[ \t]+$", "")
                            .replace("\n", "\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(
                    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
                            .getBytes(StandardCharsets.UTF_8));
            out.writeBytes(
                    (body.replaceAll("(?m)^-", "- -") + "\n").getBytes(StandardCharsets.UTF_8));
            try (ArmoredOutputStream armour =
                    ArmoredOutputStream.builder().clearHeaders().build(out)) {
                signer.generate().encode(armour);
            }
            return out.toByteArray();
        } catch (PGPException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
