/**
 * The database side of the stack: where it is, the embedded server, the migrations. Read
 * {@link dev.agentpulse.local.stack.database.DatabaseAddress} first.
 */
@NullMarked
package dev.agentpulse.local.stack.database;

import org.jspecify.annotations.NullMarked;
