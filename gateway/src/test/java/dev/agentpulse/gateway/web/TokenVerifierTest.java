package dev.agentpulse.gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import dev.agentpulse.gateway.Tokens;
import dev.agentpulse.gateway.protocol.Identity;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class TokenVerifierTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final RSAKey RSA =
            generated(() -> new RSAKeyGenerator(2048).keyID("rsa").generate());
    private static final ECKey EC =
            generated(() -> new ECKeyGenerator(Curve.P_256).keyID("ec").generate());

    @AfterAll
    static void close() {
        VERTX.close().await();
    }

    @Test
    void takesEachAlgorithmByItsKey() throws JOSEException {
        TokenVerifier verifier = verifier(settings(null, publicKeys(), null), Clock.systemUTC());

        assertThat(verify(verifier, signedByRsa()).role()).isEqualTo("authenticated");
        assertThat(verify(verifier, signedByEc()).role()).isEqualTo("authenticated");
    }

    @Test
    void publicKeyIsNoSharedSecret() throws JOSEException {
        TokenVerifier verifier = verifier(settings(null, publicKeys(), null), Clock.systemUTC());
        String confused = Tokens.sign(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa").build(),
                new MACSigner(RSA.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)),
                claims -> claims.claim("role", "authenticated"));

        assertThatThrownBy(() -> verify(verifier, confused)).hasMessage("Invalid API key or token");
    }

    @Test
    void keyOfAnotherKindSignsNothing() throws JOSEException {
        TokenVerifier verifier = verifier(settings(null, publicKeys(), null), Clock.systemUTC());
        String wrongKey = Tokens.sign(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("rsa").build(),
                new ECDSASigner(EC),
                claims -> claims.claim("role", "authenticated"));

        assertThatThrownBy(() -> verify(verifier, wrongKey)).hasMessage("Invalid API key or token");
    }

    @Test
    void fetchesTheKeySet() throws Exception {
        HttpServer server = serve(new JWKSet(RSA.toPublicJWK()).toString());
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks";
            TokenVerifier verifier = verifier(settings(null, null, url), Clock.systemUTC());

            assertThat(verify(verifier, signedByRsa()).role()).isEqualTo("authenticated");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void forgivesAClockThatIsHalfAMinuteOff() {
        TokenSettings settings = settings(Tokens.SECRET, null, null);
        String hour = Tokens.sign(claims -> claims.claim("role", "anon"));

        Clock justAfter = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(3_600 + 25));
        assertThat(verify(verifier(settings, justAfter), hour).role()).isEqualTo("anon");
        Clock after = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(3_600 + 35));
        assertThatThrownBy(() -> verify(verifier(settings, after), hour)).hasMessage("JWT expired");
    }

    @Test
    void namesThePersonByNameThenMailThenSubject() {
        TokenVerifier verifier = verifier(settings(Tokens.SECRET, null, null), Clock.systemUTC());

        assertThat(verify(verifier, Tokens.sign(c -> c.claim("role", "anon")
                                .subject("s")
                                .claim("email", "e")
                                .claim("name", "n")))
                        .name())
                .isEqualTo("n");
        assertThat(verify(verifier, Tokens.sign(c -> c.claim("role", "anon")
                                .subject("s")
                                .claim("email", "e")))
                        .name())
                .isEqualTo("e");
        assertThat(verify(verifier, Tokens.sign(c -> c.claim("role", "anon").subject("s")))
                        .name())
                .isEqualTo("s");
        assertThat(verify(verifier, Tokens.anon()).name()).isNull();
    }

    @Test
    void shortSecretsAreRefused() {
        assertThatThrownBy(() -> settings("short", null, null)).hasMessageContaining("at least 32");
    }

    @Test
    void settingsDoNotPrintSecrets() {
        assertThat(settings(Tokens.SECRET, null, null).toString())
                .doesNotContain(Tokens.SECRET)
                .doesNotContain("opaque");
    }

    private static <T> T generated(Callable<T> generator) {
        try {
            return generator.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String publicKeys() {
        return new JWKSet(List.of(RSA.toPublicJWK(), EC.toPublicJWK())).toString();
    }

    private static String signedByRsa() throws JOSEException {
        return Tokens.sign(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa").build(),
                new RSASSASigner(RSA),
                claims -> claims.claim("role", "authenticated"));
    }

    private static String signedByEc() throws JOSEException {
        return Tokens.sign(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("ec").build(),
                new ECDSASigner(EC),
                claims -> claims.claim("role", "authenticated"));
    }

    private static HttpServer serve(String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/jwks", exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static TokenSettings settings(@Nullable String secret, @Nullable String jwks, @Nullable String url) {
        return new TokenSettings(
                secret, jwks, url, "authenticated", Set.of("anon", "authenticated"), Map.of("opaque", "anon"));
    }

    private static TokenVerifier verifier(TokenSettings settings, Clock clock) {
        return new TokenVerifier(settings, new KeySet(VERTX, settings), clock);
    }

    private static Identity verify(TokenVerifier verifier, String token) {
        Future<Identity> verified = verifier.verify(token);
        return verified.await();
    }
}
