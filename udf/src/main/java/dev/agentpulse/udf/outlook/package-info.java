/**
 * Looking ahead in plain Java: forecast and band of a series of slots, trend, smoothed rates, waiting for a server, rates of
 * few trials. Nothing here knows of Flink or of tables. Start reading at
 * {@link dev.agentpulse.udf.outlook.SeasonalForecast}.
 */
@NullMarked
package dev.agentpulse.udf.outlook;

import org.jspecify.annotations.NullMarked;
