package dev.agentpulse.local.stack.demo;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;

/**
 * Lets whoever opens the page of a demo acknowledge its alerts, as people do who have signed in. It is good for as long
 * as its demo runs: the secret that signs it is made at the start and kept nowhere.
 */
final class VisitorToken {

    static final String ROLE = "authenticated";

    /** What the page shows as the name of whoever acknowledged. */
    static final String NAME = "you";

    private VisitorToken() {}

    static String signedWith(String secret) throws JOSEException {
        SignedJWT token = new SignedJWT(
                new JWSHeader(JWSAlgorithm.HS256),
                new JWTClaimsSet.Builder()
                        .audience(ROLE)
                        .claim("role", ROLE)
                        .claim("name", NAME)
                        .build());
        token.sign(new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
        return token.serialize();
    }
}
