-- Small agents have their turns once in 15 minutes, each at a time of its own, so their forecasts are not written with one tick.
COMMENT ON TABLE agentpulse.agent_forecast IS
    'What the next 24 hours will bring each agent, in slots of 15 minutes. Written when a slot has ended; that of an agent with '
    'fewer than 100 queries in two weeks within 15 minutes of it.';
