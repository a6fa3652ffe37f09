/** How fast a backlog of the log is read, beside the client that Postgres itself brings for reading a slot. */
@NullMarked
package dev.agentpulse.bench.backlog;

import org.jspecify.annotations.NullMarked;
