package dev.agentpulse.job.pipeline;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A disk of a few megabytes for a tablespace, which is soon full: a file system in memory, mounted when it is asked for
 * and until the tests of its class are over. To be registered before the server, which writes to it until its end.
 *
 * <p>It takes Linux and util-linux. Root mounts it for all to see, which a container has to allow ({@code
 * CAP_SYS_ADMIN}): a server that root starts runs in a user namespace, from which it could not look into another.
 * Others mount it in a namespace of a process of theirs, where the kernel lets them make one ({@code unshare -Urm}),
 * and the server finds it below the root folder of that process. Where it cannot be mounted, tests that ask for it are
 * skipped.
 */
final class SmallDisk implements AfterAllCallback {

    private static final String MOUNTED = "mounted";

    /**
     * Takes the folder and the size. Unmounts when its input ends, so also when whoever started it is gone; a signal to
     * all of the tests' processes does not keep it from that.
     */
    private static final String MOUNT = """
            trap '' HUP INT TERM
            mount -t tmpfs -o "size=${1}m,mode=0700" agentpulse-test "$0" && echo mounted && cat > /dev/null \
            && umount -l "$0"
            """;

    private final int megabytes;
    private @Nullable Path mountPoint;
    private @Nullable Process keeper;
    private @Nullable Path folder;

    SmallDisk(int megabytes) {
        this.megabytes = megabytes;
    }

    /** Where the server finds it: an empty folder that belongs to the user whom it runs as. */
    Path folder() throws IOException {
        if (folder == null) {
            folder = mount();
        }
        return folder;
    }

    private Path mount() throws IOException {
        Assumptions.assumeTrue(OS.LINUX.isCurrentOs(), "a small disk is mounted on Linux only");
        Path made = Files.createTempDirectory("agentpulse-disk");
        mountPoint = made;
        boolean isRoot = new UnixSystem().getUid() == 0;
        List<String> command = new ArrayList<>(isRoot ? List.of() : List.of("env", "unshare", "-Urm"));
        command.addAll(List.of("sh", "-c", MOUNT, made.toString(), Integer.toString(megabytes)));
        Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
        keeper = started;
        String answer = started.inputReader(StandardCharsets.UTF_8).readLine();
        Assumptions.assumeTrue(MOUNTED.equals(answer), "a small disk cannot be mounted here: " + answer);
        return isRoot ? made : Path.of("/proc/" + started.pid() + "/root" + made);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
        if (keeper != null) {
            keeper.getOutputStream().close();
            keeper.waitFor();
        }
        if (mountPoint != null) {
            Files.delete(mountPoint);
        }
    }
}
