/**
 * What Flink's REST port lets in. It asks nobody for a password, so that whoever reaches it runs code on the cluster; and a
 * web page that somebody has open in a browser reaches it too, through that browser. Read
 * {@link dev.agentpulse.guard.RequestRules} first.
 */
@NullMarked
package dev.agentpulse.guard;

import org.jspecify.annotations.NullMarked;
