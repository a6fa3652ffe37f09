/**
 * Tests of the SQL functions, by way of the shipped files in {@code sql/flink}. Start at
 * {@link dev.agentpulse.udf.table.FlinkSqlTest}.
 */
@NullMarked
package dev.agentpulse.udf.table;

import org.jspecify.annotations.NullMarked;
