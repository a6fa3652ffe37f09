-- What people write next to an alert is printed by terminals and pages: no escapes, and nothing that turns the text around it.
CREATE OR REPLACE FUNCTION agentpulse.acting_name() RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
    SET standard_conforming_strings = on
    AS $acting_name$
        SELECT nullif(pg_catalog.left(pg_catalog.regexp_replace(
                   CASE
                       WHEN NOT (s.is_gateway OR s.rolsuper) THEN s.rolname::pg_catalog.text
                       WHEN s.rolsuper THEN coalesce(agentpulse.token_name(), s.rolname::pg_catalog.text)
                       ELSE agentpulse.token_name()
                   END, '[\u0001-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f]', '', 'g'), 100), '')
          FROM (SELECT r.rolname, r.rolsuper, r.rolname = 'authenticator' OR coalesce(pg_catalog.pg_has_role(
                           r.oid, pg_catalog.to_regrole('agentpulse_gateway'), 'MEMBER'), false) AS is_gateway
                  FROM pg_catalog.pg_roles r WHERE r.rolname = session_user) s
    $acting_name$;

COMMENT ON FUNCTION agentpulse.acting_name() IS
    'Whom the token names where a gateway has logged in (or a superuser), else the user of the session; without control and '
    'bidirectional characters; null where nobody is named.';
