-- How many answers a person reviewed
-- Of the queries of the month, by agent.
SELECT agent::text AS agent, count(*) AS queries, count(*) FILTER (WHERE approved) AS approved,
       count(*) FILTER (WHERE NOT approved) AS rejected, count(*) FILTER (WHERE approved IS NULL) AS not_reviewed,
       count(*) FILTER (WHERE human_edited) AS edited, round(100.0 * count(approved) / count(*), 2) AS reviewed_pct
  FROM ${queries}
 WHERE created_at >= ${from} AND created_at < ${to}
 GROUP BY 1 ORDER BY 1
