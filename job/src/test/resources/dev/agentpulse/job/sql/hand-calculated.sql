-- A small day at 2024-05-01 12:00:00.25 UTC, with the answers worked out by hand. Windows start at the slide (1 s):
-- 1m at 11:59:00, 5m at 11:55:00, 15m at 11:45:00, 1h at 11:00:00, 24h at 12:00:00 the day before.

SET TIME ZONE 'UTC';
ALTER TABLE public.agent_queries ALTER agent DROP NOT NULL;

INSERT INTO public.agent_queries (id, agent, latency_ms, approved, human_edited, created_at) VALUES
    (1, 'sales', 100, true, false, '2024-05-01 11:59:30'),
    (2, 'sales', 250, false, true, '2024-05-01 11:59:40'),
    (3, 'sales', NULL, NULL, NULL, '2024-05-01 12:00:00.25'),       -- the end of a window belongs to it
    (4, 'sales', 50, true, false, '2024-05-01 11:59:00'),           -- its start does not: in 5m, not in 1m
    (5, 'sales', 1000, NULL, false, '2024-05-01 11:30:00'),
    (6, 'sales', 7, true, true, '2024-05-01 12:00:00.250001'),      -- not yet
    (7, 'sales', 7, true, true, '2024-05-01 11:00:00'),             -- no longer
    (8, 'sales', -5, true, true, '2024-05-01 11:59:50'),            -- from here on: unusable
    (9, NULL, 7, true, true, '2024-05-01 11:59:50'),
    (10, 'sales', 7, true, true, NULL),
    (11, 'sales', 7, true, true, 'infinity'),
    (12, 'sales', 7, true, true, '-infinity');

INSERT INTO agentpulse.agent_performance VALUES
    -- 0.5 * 50 + 0.3 * (100 - 33.33) + 0.2 * (100 - 17.5)
    ('sales', '1m', '2024-05-01 11:59:00', '2024-05-01 12:00:00.25',
        3, 175, 250, 100, 250, 250, 1, 1, 1, 1, 50, 1, 33.33, 61.5),
    -- 0.5 * 66.67 + 0.3 * 75 + 0.2 * (100 - 13.33)
    ('sales', '5m', '2024-05-01 11:55:00', '2024-05-01 12:00:00.25',
        4, 133.33, 250, 100, 250, 250, 1, 2, 1, 1, 66.67, 1, 25, 73.17),
    ('sales', '15m', '2024-05-01 11:45:00', '2024-05-01 12:00:00.25',
        4, 133.33, 250, 100, 250, 250, 1, 2, 1, 1, 66.67, 1, 25, 73.17),
    -- 0.5 * 66.67 + 0.3 * 80 + 0.2 * (100 - 35)
    ('sales', '1h', '2024-05-01 11:00:00', '2024-05-01 12:00:00.25',
        5, 350, 1000, 100, 1000, 1000, 2, 2, 1, 2, 66.67, 1, 20, 70.33),
    -- An agent that went quiet keeps its rows.
    ('quiet', '1m', '2024-05-01 09:59:00', '2024-05-01 10:00:00',
        0, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL, 0, NULL, NULL),
    ('quiet', '1h', '2024-05-01 09:00:00', '2024-05-01 10:00:00',
        0, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL, 0, NULL, NULL);

INSERT INTO agentpulse.agent_health VALUES
    ('sales', 'warning', '2024-05-01 11:59:40', 175, '2024-05-01 12:00:00.25'),
    ('quiet', 'idle', '2024-05-01 08:01:00', NULL, '2024-05-01 08:00:00');

INSERT INTO public.agent_approvals (id, conversation_id, status, created_at, updated_at) VALUES
    (1, 'c-1', 'pending', '2024-05-01 11:59:30', NULL),                             -- age 30.25
    (2, 'c-2', 'pending', '2024-05-01 11:58:00.25', '2024-05-01 11:59:59'),         -- age 120, set back to pending
    (3, 'c-3', 'pending', '2024-05-01 11:55:00.25', NULL),                          -- age 300: breaches now
    (9, 'c-9', 'pending', '2024-05-01 11:40:00', NULL),                             -- age 1200.25
    (10, 'c-10', 'pending', '2024-05-01 11:40:00', NULL),                           -- the same; '10' < '9'
    (11, 'c-11', 'pending', '2024-05-01 12:00:01', NULL),                           -- not yet
    (20, 'c-20', 'approved', '2024-05-01 11:58:00', '2024-05-01 11:59:30'),         -- 90 s
    (21, 'c-21', 'rejected', '2024-05-01 11:50:00', '2024-05-01 11:59:40'),         -- 580 s
    (22, 'c-22', 'expired', '2024-05-01 10:00:00', '2024-05-01 11:30:00'),          -- 5400 s
    (23, 'c-23', 'approved', '2024-05-01 11:20:00', '2024-05-01 11:20:00.005'),     -- 0.005 s
    (30, 'c-30', 'approved', '2024-05-01 11:59:50', NULL),                          -- from here on: unusable
    (31, 'c-31', 'paused', '2024-05-01 11:59:50', '2024-05-01 11:59:55'),
    (32, 'c-32', NULL, '2024-05-01 11:59:50', '2024-05-01 11:59:55'),
    (33, 'c-33', 'pending', NULL, NULL),
    (34, 'c-34', 'pending', '2024-05-01 11:59:50', 'infinity'),
    (35, 'c-35', 'pending', '-infinity', NULL),
    (36, 'c-36', 'pending', '0044-03-15 00:00:00 BC', NULL),
    (37, 'c-37', 'approved', '-infinity', '2024-05-01 11:59:55');

INSERT INTO agentpulse.approval_queue VALUES
    ('all', 5, 3, 60, 570.15, 30.25, 1200.25, 1, 1, 1, 2, '10', 'c-10', '2024-05-01 11:40:00', '2024-05-01 12:00:00.25');

INSERT INTO agentpulse.approval_activity VALUES
    ('1m', '2024-05-01 11:59:00', '2024-05-01 12:00:00.25', 1, 1, 1, 0, 2, 50, 335, 90, 580, 1, 50),
    ('1h', '2024-05-01 11:00:00', '2024-05-01 12:00:00.25', 8, 2, 1, 1, 4, 50, 1517.5, 90, 5400, 2, 50);

INSERT INTO public.agent_feedback (id, safe_to_send, labels, rubric, annotator, created_at, updated_at) VALUES
    (1, true, '{a,b,NULL}', '{"clarity": 4, "accuracy": 5, "tone": 3}', 'dana', '2024-05-01 11:59:30', NULL),
    (2, false, '{a}', '{"clarity": 3}', 'dana', '2024-05-01 11:59:40', NULL),
    (3, NULL, '{}', NULL, 'eli', '2024-05-01 08:00:00', NULL),
    (4, false, NULL, '{"clarity": 4.5, "tone": null}', NULL, '2024-05-01 08:10:00', NULL),
    (5, true, NULL, 'null', 'dana', '2024-05-01 08:20:00', NULL),
    (6, true, '{a}', '[4]', 'dana', '2024-05-01 11:59:50', NULL),                   -- from here on: unusable
    (7, true, '{a}', '{"tone": "5"}', 'dana', '2024-05-01 11:59:50', NULL),
    (8, true, '{a}', '{"tone": 5}', 'dana', NULL, NULL),
    (9, true, '{a}', '{"tone": 5}', 'dana', '2024-05-01 11:59:50', '-infinity');

INSERT INTO agentpulse.training_quality VALUES
    ('1m', '2024-05-01 11:59:00', '2024-05-01 12:00:00.25', 2, 1, 1, 0, 50, 3.5, 5, 3, '{"a": 2, "b": 1}', 1),
    ('24h', '2024-04-30 12:00:00', '2024-05-01 12:00:00.25', 5, 2, 2, 1, 50, 3.83, 5, 3, '{"a": 2, "b": 1}', 2);

INSERT INTO agentpulse.annotator_activity VALUES
    ('dana', '1m', 2, 1, 1, 3.75, '2024-05-01 11:59:40', '2024-05-01 11:59:00', '2024-05-01 12:00:00.25'),
    ('dana', '5m', 2, 1, 1, 3.75, '2024-05-01 11:59:40', '2024-05-01 11:55:00', '2024-05-01 12:00:00.25'),
    ('dana', '1h', 2, 1, 1, 3.75, '2024-05-01 11:59:40', '2024-05-01 11:00:00', '2024-05-01 12:00:00.25'),
    ('dana', '24h', 3, 2, 1, 3.75, '2024-05-01 11:59:40', '2024-04-30 12:00:00', '2024-05-01 12:00:00.25'),
    ('eli', '24h', 1, 0, 0, NULL, '2024-05-01 08:00:00', '2024-04-30 12:00:00', '2024-05-01 12:00:00.25');

INSERT INTO agentpulse.pipeline_status (component, as_of, tick) VALUES ('tick', '2024-05-01 12:00:00.25', 1);
