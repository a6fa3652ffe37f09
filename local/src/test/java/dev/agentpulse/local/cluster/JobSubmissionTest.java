package dev.agentpulse.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JobSubmissionTest {

    @Test
    void givesTheInnermostCauseOfAFailedSubmission() {
        String output = """
                org.apache.flink.client.program.ProgramInvocationException: The main method caused an error
                \tat org.apache.flink.client.program.PackagedProgram.callMainMethod(PackagedProgram.java:372)
                Caused by: java.lang.IllegalStateException: outer
                \tat some.Type.method(Type.java:1)
                Caused by: org.postgresql.util.PSQLException: Connection to localhost:1 refused.
                \t... 12 more
                """;

        assertThat(JobSubmission.reason(output)).isEqualTo("Connection to localhost:1 refused.");
    }
}
