package dev.agentpulse.job.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableNameTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "public.agent_queries | public | agent_queries",
                "Public.AGENT_Queries | public | agent_queries",
                "\"Sales\".\"AgentQueries\" | Sales | AgentQueries",
                "sales.\"Agent Queries\" | sales | Agent Queries",
                "\"a.b\".\"c.d\" | a.b | c.d",
                "\"a\"\"b\".\"'\" | a\"b | '",
                " public . q$1 | public | q$1",
                "größe.ÄB | größe | Äb",
            })
    void isReadAsSqlReadsIt(String text, String schema, String table) {
        assertThat(TableName.parse(text)).isEqualTo(new TableName(schema, table));
        assertThat(TableName.parse(TableName.parse(text).quoted())).isEqualTo(new TableName(schema, table));
        assertThat(TableName.parse(TableName.parse(text).toString())).isEqualTo(new TableName(schema, table));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "agent_queries",
                "a.b.c",
                "a.",
                ".b",
                "a..b",
                "a.\"b",
                "a.b\"",
                "a.\"\"",
                "\"a\"b.c",
                "a b.c",
                "1a.b",
                "a.$b",
                "a-b.c",
                "a.b;",
                "a.b --"
            })
    void anythingElseIsRefusedAndShown(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TableName.parse(text))
                .withMessageStartingWith("a table must be named schema.table")
                .withMessageEndingWith("but is: " + text);
    }

    @Test
    void aNameThatPostgresWouldCutIsRefused() {
        assertThat(TableName.parse("public." + "a".repeat(63)).table()).hasSize(63);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TableName.parse("public.\"" + "ü".repeat(32) + "\""))
                .withMessageContaining("at most 63 bytes");
    }

    @Test
    void quotesAreShownWhereTheyAreNeeded() {
        assertThat(new TableName("public", "agent_queries")).hasToString("public.agent_queries");
        assertThat(new TableName("Sales", "q")).hasToString("\"Sales\".q");
        assertThat(new TableName("user", "order")).hasToString("\"user\".order");
        assertThat(new TableName("public", "agent_queries").quoted()).isEqualTo("\"public\".\"agent_queries\"");
    }
}
