package dev.agentpulse.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.local.CliFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterPlanTest {

    @TempDir
    Path root;

    @Test
    void isTheSameAfterARestart() throws IOException {
        ClusterFolder folder = new ClusterFolder(root.resolve("cluster"));
        folder.create();
        ClusterPlan plan = new ClusterPlan(2, 3, 9081, 9181);

        plan.save(folder);

        assertThat(ClusterPlan.load(folder)).contains(plan);
    }

    @Test
    void isNotThereBeforeTheFirstStart() throws IOException {
        assertThat(ClusterPlan.load(new ClusterFolder(root.resolve("none")))).isEmpty();
    }

    @Test
    void refusesAClusterWithoutTaskManagers() {
        assertThatThrownBy(() -> new ClusterPlan(1, 0, 8081, 2181))
                .isInstanceOf(CliFailure.class)
                .hasMessageContaining("--task-managers")
                .hasMessageContaining("but is 0");
    }

    @Test
    void refusesAPortBeyondTheLast() {
        assertThatThrownBy(() -> new ClusterPlan(2, 1, 65_535, 2181))
                .isInstanceOf(CliFailure.class)
                .hasMessageContaining("65536");
    }

    @Test
    void hidesItsFolderFromOthersBecauseTheJobHoldsThePassword() throws IOException {
        ClusterFolder folder = new ClusterFolder(root.resolve("cluster"));

        folder.create();

        assertThat(Files.getPosixFilePermissions(folder.root()))
                .containsExactlyInAnyOrder(
                        PosixFilePermission.OWNER_READ,
                        PosixFilePermission.OWNER_WRITE,
                        PosixFilePermission.OWNER_EXECUTE);
    }
}
