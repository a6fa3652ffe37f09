package dev.agentpulse.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A web page of somebody else, open in a browser on the machine: it must not reach Flink's REST port. */
public final class ForeignPage {

    private static final int FORBIDDEN = 403;

    private ForeignPage() {}

    /** Fails if the port answers what such a page asks, or if the page may end a job. */
    public static void assertIsRefused(int restPort, String job) throws IOException, InterruptedException {
        assertThat(status(restPort, "/jobs/overview", "Origin", "http://evil.example"))
                .as("a script's request")
                .isEqualTo(FORBIDDEN);
        assertThat(status(restPort, "/jobs/" + job + "/yarn-cancel", "Sec-Fetch-Site", "cross-site"))
                .as("an image whose address ends a job")
                .isEqualTo(FORBIDDEN);
    }

    private static int status(int restPort, String path, String header, String value)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(SecretSearch.address(restPort, path)))
                .header(header, value)
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
