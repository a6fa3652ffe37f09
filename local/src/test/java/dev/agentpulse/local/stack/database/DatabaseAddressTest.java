package dev.agentpulse.local.stack.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.local.CliFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseAddressTest {

    @Test
    void readsBothUsualForms() {
        DatabaseAddress jdbc = DatabaseAddress.parse("jdbc:postgresql://db.example:6000/app?user=ana", null, null);
        DatabaseAddress plain = DatabaseAddress.parse("postgresql://ana@db.example:6000/app", null, null);

        assertThat(jdbc).isEqualTo(plain);
        assertThat(jdbc.jdbcUrl()).isEqualTo("jdbc:postgresql://db.example:6000/app");
        assertThat(jdbc.username()).isEqualTo("ana");
    }

    @Test
    void fillsInWhatIsUsual() {
        DatabaseAddress address = DatabaseAddress.parse("postgres://localhost/app", null, null);

        assertThat(address.jdbcUrl()).isEqualTo("jdbc:postgresql://localhost:5432/app");
        assertThat(address.username()).isEqualTo("postgres");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "postgresql://ana@my_service/app jdbc:postgresql://my_service:5432/app",
                "postgresql://my_service:6000/app jdbc:postgresql://my_service:6000/app",
                "postgresql://[::1]/app jdbc:postgresql://[::1]:5432/app",
                "postgresql://[fe80::7]:6000/app jdbc:postgresql://[fe80::7]:6000/app",
                "postgresql://one,two_b:6000/app jdbc:postgresql://one:5432,two_b:6000/app",
                "postgresql://ana%40home@db/app jdbc:postgresql://db:5432/app"
            })
    void readsEveryHostThatAServerMayHave(String url, String jdbcUrl) {
        assertThat(DatabaseAddress.parse(url, null, null).jdbcUrl()).isEqualTo(jdbcUrl);
    }

    @Test
    void keepsDriverParametersAndPrefersTheNamedRole() {
        DatabaseAddress address =
                DatabaseAddress.parse("jdbc:postgresql://localhost/app?user=ana&sslmode=require", "björn", null);

        assertThat(address.jdbcUrl()).isEqualTo("jdbc:postgresql://localhost:5432/app?sslmode=require");
        assertThat(address.username()).isEqualTo("björn");
    }

    @Test
    void keepsThePasswordToItself() {
        DatabaseAddress address = DatabaseAddress.parse("postgres://localhost/app", null, "s3cret");

        assertThat(address.toString() + address.forPeople() + address.jdbcUrl()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://ana:s3cret@localhost/app",
                "jdbc:postgresql://localhost/app?user=ana&password=s3cret",
                "jdbc:postgresql://localhost/app?user=ana&PASSWORD=s3cret",
                "postgresql://ana:s3 cret@localhost/app",
                "postgresql://ana:5432/cret@localhost/app",
                "postgresql://ana:%zzcret@localhost/app"
            })
    void refusesAPasswordWithoutRepeatingIt(String url) {
        assertThatThrownBy(() -> DatabaseAddress.parse(url, null, null))
                .isInstanceOf(CliFailure.class)
                .hasMessageNotContaining("cret")
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "localhost", "jdbc:mysql://localhost/app", "postgresql://localhost", "postgresql:///app"})
    void saysHowAUrlLooksWhenItCannotReadIt(String url) {
        assertThatThrownBy(() -> DatabaseAddress.parse(url, null, null))
                .isInstanceOf(CliFailure.class)
                .hasMessageContaining("jdbc:postgresql://host:port/database");
    }
}
