package dev.agentpulse.bench.load;

/** What the generator's process is told. The password goes by the environment. */
record LoadTask(
        String jdbcUrl, String username, SourceTables tables, Load load, double warmUpSeconds, double seconds) {}
