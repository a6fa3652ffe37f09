-- What the results quote of a conversation goes when somebody asks for it; figures and who decided what stay.

-- Messages and the ledger cut long texts, so of an id that is cut its beginning counts: rather a row too many.
CREATE FUNCTION agentpulse.names_conversation(text_found text, conversation text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
    AS $names$
        SELECT coalesce(text_found = conversation OR (length(text_found) >= 100 AND starts_with(conversation, text_found)), false)
    $names$;

COMMENT ON FUNCTION agentpulse.names_conversation(text, text) IS
    'Whether a text is the id of a conversation, or its beginning where it was cut.';

CREATE FUNCTION agentpulse.json_escaped(plain text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
    AS $escaped$
        SELECT substr(j.quoted, 2, length(j.quoted) - 2) FROM (SELECT to_json(plain)::text AS quoted) j
    $escaped$;

COMMENT ON FUNCTION agentpulse.json_escaped(text) IS 'A text as it reads between the quotes of JSON.';

CREATE FUNCTION agentpulse.erase_conversation(conversation text)
    RETURNS TABLE (relation text, erased_rows bigint)
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '5s'
    AS $erase$
    DECLARE
        wanted constant text := erase_conversation.conversation;
        -- Its beginning, as it reads in JSON, and in JSON that is a text of JSON.
        quoted constant text := agentpulse.json_escaped(left(wanted, 100));
        quoted_twice constant text := agentpulse.json_escaped(quoted);
        alerts bigint;
        messages bigint;
        ledger bigint;
        queues bigint;
        on_the_way bigint;
    BEGIN
        IF coalesce(wanted, '') = '' THEN
            RAISE EXCEPTION 'Name the conversation to be erased.' USING ERRCODE = '22023';
        END IF;
        UPDATE agentpulse.alert_record a
           SET conversation_id = NULL, details = (a.details - 'query' - 'labels') || '{"erased": true}'
         WHERE a.conversation_id = wanted;
        GET DIAGNOSTICS alerts = ROW_COUNT;
        -- The fields stay, so that who reads messages finds what it expects.
        UPDATE agentpulse.channel_event m
           SET payload = m.payload || '{"conversation_id": null, "erased": true}'
                   || CASE WHEN m.payload ? 'query' THEN '{"query": null}'::jsonb ELSE '{}' END
                   || CASE WHEN m.payload ? 'labels' THEN '{"labels": []}'::jsonb ELSE '{}' END
         WHERE agentpulse.names_conversation(m.payload ->> 'conversation_id', wanted);
        GET DIAGNOSTICS messages = ROW_COUNT;
        UPDATE agentpulse.rejected_change r
           SET change = '{"erased": true}'
         WHERE agentpulse.names_conversation(r.change ->> 'conversation_id', wanted)
            -- Rows of result tables that were refused, in whatever form.
            OR (r.reason = 'cannot_be_written'
                AND (strpos(r.change::text, quoted) > 0 OR strpos(r.change::text, quoted_twice) > 0));
        GET DIAGNOSTICS ledger = ROW_COUNT;
        UPDATE agentpulse.approval_queue q
           SET oldest_pending_conversation_id = NULL
         WHERE q.oldest_pending_conversation_id = wanted;
        GET DIAGNOSTICS queues = ROW_COUNT;
        SELECT count(*) INTO on_the_way FROM agentpulse.staged_record s WHERE strpos(s.record::text, quoted) > 0;
        PERFORM agentpulse.audit_append('erase', 'conversation', json_build_object(
            'conversation_sha256', encode(sha256(convert_to(wanted, 'UTF8')), 'hex'), 'alert_record', alerts,
            'channel_event', messages, 'rejected_change', ledger, 'approval_queue', queues, 'on_the_way', on_the_way));
        RETURN QUERY VALUES ('alert_record', alerts), ('channel_event', messages), ('rejected_change', ledger),
            ('approval_queue', queues), ('on the way: erase again when they are written', on_the_way);
    END
    $erase$;

COMMENT ON FUNCTION agentpulse.erase_conversation(text) IS
    'Takes the id of a conversation, and what is quoted of it, out of alerts, messages, the ledger and the queue, writes that '
    'down without either, and returns how many rows it was. Delete the rows of the source tables first, or they come again.';

REVOKE EXECUTE ON FUNCTION
    agentpulse.erase_conversation(text), agentpulse.names_conversation(text, text), agentpulse.json_escaped(text)
    FROM PUBLIC;
