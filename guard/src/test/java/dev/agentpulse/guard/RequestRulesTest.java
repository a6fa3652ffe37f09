package dev.agentpulse.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.DefaultHttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpMethod;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestRulesTest {

    private static final String HOST = "localhost:8081";

    private final RequestRules rules = new RequestRules(Set.of("flink.example.com"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:8081",
                "LOCALHOST",
                "127.0.0.1:8081",
                "[::1]:8081",
                "flink.example.com",
                "10.0.0.7:8081"
            })
    void aHostOfOursIsLetIn(String host) {
        assertThat(isRefused(request("GET", "/overview", "Host", host))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8081",
                "localhost.evil.example",
                "127.0.0.1.evil.example:8081",
                "10.0.0.8:8081",
                "[::2]:8081",
                "localhost:80@evil.example",
                ""
            })
    void anyOtherHostIsRefused(String host) {
        assertThat(isRefused(request("GET", "/overview", "Host", host))).isTrue();
    }

    @Test
    void aRequestWithoutAHostAndOneWithTwoAreRefused() {
        HttpRequest two = request("GET", "/overview", "Host", HOST);
        two.headers().add("Host", "evil.example");

        assertThat(isRefused(request("GET", "/overview"))).isTrue();
        assertThat(isRefused(two)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "null",
                "http://localhost:3000",
                "http://localhost",
                "file://",
                "http://localhost:8081.evil.example"
            })
    void aForeignOriginIsRefusedWhateverTheMethod(String origin) {
        for (String method : new String[] {"GET", "POST", "PATCH", "DELETE", "OPTIONS"}) {
            assertThat(isRefused(request(method, "/jobs", "Host", HOST, "Origin", origin)))
                    .as(method)
                    .isTrue();
        }
    }

    @Test
    void theWebUiIsLetIn() {
        assertThat(isRefused(request(
                        "GET",
                        "/jobs/1/yarn-cancel",
                        "Host",
                        HOST,
                        "Sec-Fetch-Site",
                        "same-origin",
                        "Referer",
                        "http://localhost:8081/")))
                .isFalse();
        assertThat(isRefused(request(
                        "POST",
                        "/jobs/1/savepoints",
                        "Host",
                        HOST,
                        "Origin",
                        "http://localhost:8081",
                        "Content-Type",
                        "application/json")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cross-site", "same-site", "anything-else"})
    void whatABrowserMarksAsForeignIsRefused(String site) {
        assertThat(isRefused(request("GET", "/jobs/1/yarn-cancel", "Host", HOST, "Sec-Fetch-Site", site)))
                .isTrue();
        assertThat(isRefused(request("GET", "/jobmanager/config", "Host", HOST, "Sec-Fetch-Site", site)))
                .isTrue();
    }

    @Test
    void aLinkToTheFirstPageIsLetInAndAFrameIsNot() {
        for (String path : new String[] {"/", "/index.html"}) {
            assertThat(isRefused(link(path, "document"))).isFalse();
            assertThat(isRefused(link(path, "iframe"))).isTrue();
        }
        assertThat(isRefused(link("/jobs/1/yarn-cancel", "document"))).isTrue();
    }

    @Test
    void aForeignRefererIsRefused() {
        String path = "/jobs/overview";

        assertThat(isRefused(request("GET", path, "Host", HOST, "Referer", "http://evil.example/page")))
                .isTrue();
        assertThat(isRefused(request("GET", path, "Host", HOST, "Referer", "http://localhost:8081.evil.example/")))
                .isTrue();
        assertThat(isRefused(request("GET", path, "Host", HOST, "Referer", "http://localhost:8081/")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/jobs/1/yarn-cancel",
                "/v1/jobs/1/yarn-stop",
                "/jobs/1/yarn-cancel?x=1",
                "/jobs/1/yarn%2Dcancel",
                "/jobs/1/yarn-cancel/",
                "/jobs/1/yarn-stop//",
                "/jobs/1/yarn-cancel%2F",
                "/jobs/1/yarn-cancel%3F",
                "/jobs/1/yarn-cancel%2F%3Fx",
                "/jobs/1/%2579arn-cancel",
                "/jobs/1/yarn%25252Dstop",
                "http://localhost:8081/jobs/1/yarn-cancel"
            })
    void aGetThatEndsAJobMustBeTheWebUis(String path) {
        assertThat(isRefused(request("GET", path, "Host", HOST))).isTrue();
        assertThat(isRefused(request("GET", path, "Host", HOST, "Referer", "http://localhost:8081/")))
                .isFalse();
    }

    @Test
    void anAddressThatCannotBeReadIsRefused() {
        assertThat(isRefused(request("GET", "/jobs/%zz", "Host", HOST))).isTrue();
        assertThat(isRefused(request("GET", "/jobs/%25zz", "Host", HOST))).isTrue();
    }

    @Test
    void ofHeadersThatComeTwiceNoneMayBeForeign() {
        HttpRequest site = request("GET", "/overview", "Host", HOST, "Sec-Fetch-Site", "same-origin");
        site.headers().add("Sec-Fetch-Site", "cross-site");
        HttpRequest referer = request("GET", "/overview", "Host", HOST, "Referer", "http://localhost:8081/");
        referer.headers().add("Referer", "http://evil.example/");

        assertThat(isRefused(site)).isTrue();
        assertThat(isRefused(referer)).isTrue();
    }

    @Test
    void plainTextIsNoBody() {
        assertThat(isRefused(request(
                        "POST", "/jobs/1/savepoints", "Host", HOST, "Content-Type", "text/plain;charset=UTF-8")))
                .isTrue();
    }

    @Test
    void programsAreLetIn() {
        assertThat(isRefused(request("POST", "/jobs", "Host", HOST, "Content-Type", "multipart/form-data; boundary=x")))
                .isFalse();
        assertThat(isRefused(request("PATCH", "/jobs/1?mode=cancel", "Host", HOST)))
                .isFalse();
        assertThat(isRefused(request("GET", "/overview", "Host", HOST))).isFalse();
    }

    private boolean isRefused(HttpRequest request) {
        return rules.refusal(request, "10.0.0.7").isPresent();
    }

    private static HttpRequest link(String path, String destination) {
        return request(
                "GET",
                path,
                "Host",
                HOST,
                "Referer",
                "https://wiki.example.com/",
                "Sec-Fetch-Site",
                "cross-site",
                "Sec-Fetch-Dest",
                destination);
    }

    private static HttpRequest request(String method, String path, String... headers) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), path);
        for (int i = 0; i < headers.length; i += 2) {
            request.headers().add(headers[i], headers[i + 1]);
        }
        return request;
    }
}
