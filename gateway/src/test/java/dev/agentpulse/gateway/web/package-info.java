/** Tests of single classes of the web. */
@NullMarked
package dev.agentpulse.gateway.web;

import org.jspecify.annotations.NullMarked;
