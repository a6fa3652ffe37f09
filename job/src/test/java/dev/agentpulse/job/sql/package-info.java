/**
 * Tests of the files in {@code sql/}: the migrations, the rights they give and the oracle queries. Start reading at
 * {@link dev.agentpulse.job.sql.MigrationsITCase}.
 */
@NullMarked
package dev.agentpulse.job.sql;

import org.jspecify.annotations.NullMarked;
