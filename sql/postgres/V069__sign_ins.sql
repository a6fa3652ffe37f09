-- Who signed in at the gateway is written down in the audit log, in the name that the token gives.

CREATE FUNCTION agentpulse.note_sign_in(claims json, role text) RETURNS void
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $sign_in$
    BEGIN
        IF note_sign_in.claims IS NULL OR note_sign_in.role IS NULL OR length(note_sign_in.role) > 63 THEN
            RAISE EXCEPTION 'A sign-in is written down with the claims of a token and a role.' USING ERRCODE = '22023';
        END IF;
        -- Until the end of the transaction: acting_name() reads them there.
        PERFORM set_config('request.jwt.claims', note_sign_in.claims::text, true);
        PERFORM agentpulse.audit_append('sign_in', note_sign_in.role,
            json_build_object('expires_at', to_timestamp((note_sign_in.claims ->> 'exp')::double precision)));
    END
    $sign_in$;

COMMENT ON FUNCTION agentpulse.note_sign_in(json, text) IS
    'For the gateway: writes down that the person whom a token names begins to use it. Nothing of the token is kept but the name, '
    'the role and when it ends.';

REVOKE EXECUTE ON FUNCTION agentpulse.note_sign_in(json, text) FROM PUBLIC;
