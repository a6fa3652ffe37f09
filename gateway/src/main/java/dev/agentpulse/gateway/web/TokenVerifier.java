package dev.agentpulse.gateway.web;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.RestFailure;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who a token is about, if it is good: signed by a key that we trust with an algorithm that belongs to that key, in its
 * time, for us, and of a role that is allowed. A clock may be off by half a minute, as at PostgREST.
 */
public final class TokenVerifier {

    private static final long LEEWAY_SECONDS = 30;

    private final TokenSettings settings;
    private final KeySet keys;
    private final Clock clock;

    public TokenVerifier(TokenSettings settings, KeySet keys, Clock clock) {
        this.settings = settings;
        this.keys = keys;
        this.clock = clock;
    }

    /** Fails with {@link RestFailure} 401 and a reason. */
    public Future<Identity> verify(String token) {
        String role = settings.keys().get(token);
        if (role != null) {
            return role(role).map(allowed -> new Identity(allowed, "{\"role\":\"" + allowed + "\"}", null, null));
        }
        SignedJWT jwt;
        try {
            jwt = SignedJWT.parse(token);
        } catch (ParseException e) {
            return refused("PGRST301", "Invalid API key or token");
        }
        JWSAlgorithm algorithm = jwt.getHeader().getAlgorithm();
        if (algorithm.equals(JWSAlgorithm.HS256)) {
            String secret = settings.secret();
            return secret == null ? unsigned() : check(jwt, hmac(secret));
        }
        if (!algorithm.equals(JWSAlgorithm.RS256) && !algorithm.equals(JWSAlgorithm.ES256)) {
            return refused("PGRST301", "The token's algorithm " + algorithm + " is not one of HS256, RS256, ES256");
        }
        return keys.find(jwt.getHeader().getKeyID())
                .compose(key -> key == null ? unsigned() : check(jwt, verifier(jwt.getHeader(), key)));
    }

    private Future<Identity> check(SignedJWT jwt, @Nullable JWSVerifier verifier) {
        try {
            if (verifier == null || !jwt.verify(verifier)) {
                return unsigned();
            }
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            Instant now = clock.instant();
            Date expires = claims.getExpirationTime();
            if (expires != null && !now.isBefore(expires.toInstant().plusSeconds(LEEWAY_SECONDS))) {
                return refused("PGRST303", "JWT expired");
            }
            Date begins = claims.getNotBeforeTime();
            if (begins != null && now.isBefore(begins.toInstant().minusSeconds(LEEWAY_SECONDS))) {
                return refused("PGRST303", "JWT not yet valid");
            }
            List<String> audience = claims.getAudience();
            if (!audience.isEmpty() && !audience.contains(settings.audience())) {
                return refused("PGRST303", "JWT not in audience");
            }
            String role = claims.getStringClaim("role");
            if (role == null) {
                return refused("PGRST301", "The token names no role");
            }
            return role(role)
                    .map(allowed -> new Identity(
                            allowed,
                            claims.toString(),
                            name(claims),
                            expires == null ? null : expires.toInstant().plusSeconds(LEEWAY_SECONDS)));
        } catch (JOSEException e) {
            return unsigned();
        } catch (ParseException e) {
            return refused("PGRST301", "The token's claims are not readable");
        }
    }

    private Future<String> role(String role) {
        return settings.roles().contains(role)
                ? Future.succeededFuture(role)
                : refused("PGRST301", "The role " + role + " is not allowed here");
    }

    /** The same order as in {@code agentpulse.token_name()}. */
    private static @Nullable String name(JWTClaimsSet claims) {
        Map<String, Object> all = claims.getClaims();
        for (String claim : List.of("name", "email", "sub")) {
            if (all.get(claim) instanceof String text && !text.isEmpty()) {
                return text;
            }
        }
        return null;
    }

    private static @Nullable JWSVerifier hmac(String secret) {
        try {
            return new MACVerifier(secret.getBytes(StandardCharsets.UTF_8));
        } catch (JOSEException e) {
            return null;
        }
    }

    /** A key verifies only what its own kind signs: a public key is never taken for a shared secret. */
    private static @Nullable JWSVerifier verifier(JWSHeader header, JWK key) {
        try {
            if (key instanceof RSAKey rsa && header.getAlgorithm().equals(JWSAlgorithm.RS256)) {
                return new RSASSAVerifier(rsa);
            }
            if (key instanceof ECKey ec && header.getAlgorithm().equals(JWSAlgorithm.ES256)) {
                return new ECDSAVerifier(ec);
            }
            return null;
        } catch (JOSEException e) {
            return null;
        }
    }

    private static <T> Future<T> unsigned() {
        return refused("PGRST301", "Invalid API key or token");
    }

    private static <T> Future<T> refused(String code, String message) {
        return Future.failedFuture(new RestFailure(401, code, message, null, null));
    }
}
