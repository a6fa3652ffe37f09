/**
 * The database side of the stack: where it is, the embedded server, the migrations. Read
 * {@link dev.agentpulse.local.database.DatabaseAddress} first.
 */
@NullMarked
package dev.agentpulse.local.database;

import org.jspecify.annotations.NullMarked;
