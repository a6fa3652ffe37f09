-- What the reasons of the ledger mean, in words that hold for reasons to come.

COMMENT ON COLUMN agentpulse.rejected_change.reason IS
    'Why no figure could use the row: something is missing (missing_agent), out of range (latency_out_of_range), of '
    'another kind (rubric_not_a_number), too long (agent_too_long) or no text (agent_not_utf8); docs/decisions/'
    '0001-figures.md of AgentPulse lists them all. future_timestamp is for information: that row is used. '
    'cannot_be_written: a row of a result table that the database refused.';
