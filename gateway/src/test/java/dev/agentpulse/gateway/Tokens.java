package dev.agentpulse.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.function.UnaryOperator;

/** Tokens as Supabase makes them. */
public final class Tokens {

    public static final String SECRET = "a secret of the tests that is long enough for HS256";

    private Tokens() {}

    public static String anon() {
        return sign(claims -> claims.claim("role", "anon"));
    }

    public static String authenticated(String email) {
        return sign(claims ->
                claims.claim("role", "authenticated").claim("email", email).audience("authenticated"));
    }

    /** Good for an hour unless the claims say otherwise. */
    public static String sign(UnaryOperator<JWTClaimsSet.Builder> claims) {
        return sign(SECRET, claims);
    }

    public static String sign(String secret, UnaryOperator<JWTClaimsSet.Builder> claims) {
        try {
            return sign(
                    new JWSHeader(JWSAlgorithm.HS256), new MACSigner(secret.getBytes(StandardCharsets.UTF_8)), claims);
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    public static String sign(JWSHeader header, JWSSigner signer, UnaryOperator<JWTClaimsSet.Builder> claims) {
        JWTClaimsSet.Builder builder = new JWTClaimsSet.Builder()
                .issuer("tests")
                .expirationTime(Date.from(Instant.now().plusSeconds(3_600)));
        SignedJWT jwt = new SignedJWT(header, claims.apply(builder).build());
        try {
            jwt.sign(signer);
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
        return jwt.serialize();
    }
}
