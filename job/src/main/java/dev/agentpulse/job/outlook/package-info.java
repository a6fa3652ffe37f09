/**
 * Looking ahead: trend, forecast and quality of each agent. What an agent holds and how its figures are made is
 * {@link dev.agentpulse.udf.outlook.AgentOutlook}; here is when rows go in and figures come out.
 *
 * <p>Read {@link dev.agentpulse.job.outlook.OutlookLogic} first.
 */
@NullMarked
package dev.agentpulse.job.outlook;

import org.jspecify.annotations.NullMarked;
