/**
 * Postgres's logical replication stream (plugin pgoutput, protocol version 1) as typed messages, in plain Java on the JDK
 * and the driver alone.
 *
 * <p>The way of a row: {@link dev.agentpulse.pgoutput.ReplicationStream} reads bytes from a slot,
 * {@link dev.agentpulse.pgoutput.PgOutputDecoder} makes a {@link dev.agentpulse.pgoutput.Message} of them, and a
 * {@link dev.agentpulse.pgoutput.Tuple} gives the values of those columns that are asked for, out of the bytes as they
 * came. {@link dev.agentpulse.pgoutput.TransactionSnapshot} says which transactions of the stream a query of the same
 * database has seen already, so that rows read by a query and changes read from a slot add up exactly.
 *
 * <p>The texts of values have parsers of their own ({@link dev.agentpulse.pgoutput.NumberText},
 * {@link dev.agentpulse.pgoutput.TimestampText}, {@link dev.agentpulse.pgoutput.ArrayText}), because the rows of a query
 * are read by the same rules as those of the stream.
 *
 * <pre>{@code
 * try (ReplicationStream stream = ReplicationStream.builder(url, properties).slot("s").publication("p").open()) {
 *     PgOutputDecoder decoder = new PgOutputDecoder();
 *     while (running) {
 *         ByteBuffer bytes = stream.read(Duration.ofSeconds(1));
 *         if (bytes != null && decoder.decode(bytes) instanceof Message.Insert insert) {
 *             String agent = insert.after().text(insert.relation().indexOf("agent"));
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>Start reading at {@link dev.agentpulse.pgoutput.Message}.
 */
@NullMarked
package dev.agentpulse.pgoutput;

import org.jspecify.annotations.NullMarked;
