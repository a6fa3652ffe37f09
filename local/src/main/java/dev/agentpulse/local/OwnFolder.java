package dev.agentpulse.local;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What we fill, empty and run programs from must be ours: another owner could exchange it, whatever its mode. */
public final class OwnFolder {

    private OwnFolder() {}

    /**
     * Refuses a folder of another user.
     *
     * @param option how to name another one
     * @throws CliFailure with what to do
     */
    public static void require(Path folder, String option) throws IOException {
        if (!Files.getAttribute(folder, "unix:uid").equals((int) new UnixSystem().getUid())) {
            throw new CliFailure(folder + " belongs to "
                    + Files.getOwner(folder).getName()
                    + ", who could exchange what is run from it: name a folder of your own with " + option + ".");
        }
    }
}
