package dev.agentpulse.gateway.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangeFilterTest {

    private static final Relation TABLE = new Relation(
            "public",
            "t",
            List.of(
                    new Column("n", "numeric", "numeric"),
                    new Column("at", "timestamptz", "timestamp with time zone"),
                    new Column("name", "text", "text"),
                    new Column("none", "int4", "integer")),
            List.of("n"));

    private static final RowChange ROW = new RowChange(
            TABLE,
            RowChange.Kind.INSERT,
            "{\"n\":9.50}",
            "{\"n\":9.50,\"at\":\"2026-01-01T10:00:00+00:00\",\"name\":\"b\",\"none\":null}",
            "2026-01-01T10:00:00Z");

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "n=lt.9.5, false",
        "n=lt.10, true",
        "n=lte.9.5, true",
        "n=lte.9.49, false",
        "n=gt.9.5, false",
        "n=gt.9.49, true",
        "n=gte.9.5, true",
        "n=gte.10, false",
        "n=neq.9.5, false",
        "n=lt.much, false",
        "at=lt.2026-01-01T12:00:00+02:00, false",
        "at=lte.2026-01-01T12:00:00+02:00, true",
        "at=gte.2026-01-01T12:00:00+02:00, true",
        "at=gte.2026-01-01T10:00:01Z, false",
        "name=lt.b, false",
        "name=lte.b, true",
        "name=gte.c, false",
        "none=lte.1, false",
        "none=gte.0, false",
    })
    void ordersNumbersTimesAndTexts(String filter, boolean matches) {
        assertThat(ChangeFilter.parse(filter).matches(ROW)).isEqualTo(matches);
    }
}
