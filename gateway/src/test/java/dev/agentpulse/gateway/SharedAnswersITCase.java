package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers are shared by who may read the same, and only where a new tick ends them. */
class SharedAnswersITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer(
            config -> config.withReading(ReadSettings.of(List.of("public.v_my_queries"), 4, Duration.ofSeconds(10))));

    private static final int ROUNDS = 10;

    @BeforeAll
    static void fill() throws SQLException {
        String mine = "(agent = current_setting('request.jwt.claims', true)::jsonb ->> 'email')";
        SERVER.run(
                "CREATE POLICY only_mine ON agentpulse.agent_quality AS RESTRICTIVE FOR SELECT TO anon USING " + mine,
                "INSERT INTO public.agent_queries (agent) VALUES ('dana'), ('eli')",
                "CREATE VIEW public.v_my_queries AS SELECT agent FROM public.agent_queries WHERE " + mine,
                "GRANT SELECT ON public.v_my_queries TO anon");
        SERVER.tick(
                "INSERT INTO agentpulse.agent_quality (agent, quality_score_adjusted, reviewed_n, quality_low, quality_high,"
                        + " confidence, change_points, as_of, commit_lsn) SELECT who, 50, 0, 0, 100, 'low', 0, now(), '0/0'"
                        + " FROM unnest(ARRAY['dana', 'eli']) who");
        // So that it finds the view, and has looked at no right before.
        SERVER.stopGateway();
        SERVER.startGateway(0);
    }

    @ParameterizedTest
    @CsvSource({"agentpulse,agent_quality", "public,v_my_queries"})
    void nobodyGetsAnAnswerThatAnothersClaimsDecided(String schema, String relation) {
        for (int round = 0; round < ROUNDS; round++) {
            for (String who : List.of("dana", "eli")) {
                String token =
                        Tokens.sign(claims -> claims.claim("role", "anon").claim("email", who));
                assertThat(SERVER.get(
                                        "/rest/v1/" + relation + "?select=agent",
                                        "Accept-Profile",
                                        schema,
                                        "Authorization",
                                        "Bearer " + token)
                                .body())
                        .isEqualTo("[{\"agent\":\"" + who + "\"}]");
            }
        }
    }

    @Test
    void whatIsWrittenBetweenTicksIsThereAtOnce() throws SQLException {
        SERVER.tick("INSERT INTO agentpulse.alert (alert_id, rule, subject, severity, status, opened_at)"
                + " VALUES ('a/1', 'agent_degraded', 'sales', 'warning', 'open', now())");
        for (int note = 0; note < ROUNDS; note++) {
            assertThat(SERVER.results("incident_note?select=note&note=eq." + note)
                            .body())
                    .isEqualTo("[]");
            SERVER.run("INSERT INTO agentpulse.incident_note (alert_id, note, noted_by)" + " VALUES ('a/1', '" + note
                    + "', 'dana')");
            assertThat(SERVER.results("incident_note?select=note&note=eq." + note)
                            .body())
                    .isEqualTo("[{\"note\":\"" + note + "\"}]");
        }
    }
}
