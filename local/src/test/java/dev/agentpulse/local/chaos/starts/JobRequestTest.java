package dev.agentpulse.local.chaos.starts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class JobRequestTest {

    @Test
    void isReadAsItWasWritten() {
        JobRequest request = new JobRequest(5432, "start_1", Path.of("a password"), Path.of("a folder/1"), 300, 2);

        assertThat(JobRequest.parse(request.line())).isEqualTo(request);
    }

    @Test
    void namesALineThatIsNone() {
        assertThatThrownBy(() -> JobRequest.parse("5432")).hasMessageContaining("5432");
    }
}
