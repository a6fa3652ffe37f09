package dev.agentpulse.bench.load;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.JavaProcess;
import java.io.IOException;
import java.sql.SQLException;

/** The generator's process: a task as JSON comes in, a result as JSON goes out. */
public final class LoadMain {

    private static final int FAILED = 1;

    private LoadMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        JsonMapper json = new JsonMapper();
        LoadTask task = json.readValue(System.in, LoadTask.class);
        Database database = new Database(task.jdbcUrl(), task.username(), JavaProcess.password());
        try {
            LoadResult result =
                    new LoadGenerator(database, task.tables(), task.load(), task.warmUpSeconds(), task.seconds()).run();
            System.out.println(json.writeValueAsString(result));
        } catch (SQLException e) {
            System.err.println(e.getMessage());
            System.exit(FAILED);
        }
    }
}
