package dev.agentpulse.gateway.protocol;

/**
 * A read on somebody's behalf.
 *
 * @param schema the profile, public or agentpulse
 * @param countExactly whether to count what limit and offset leave out
 */
public record RestRequest(
        Identity identity, String schema, String relation, RestQuery query, boolean countExactly, boolean csv) {}
