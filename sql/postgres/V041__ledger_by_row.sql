-- The entries of one row are looked for when a snapshot finds it unusable, and by people.

CREATE INDEX rejected_change_row ON agentpulse.rejected_change (source_table, row_key);
