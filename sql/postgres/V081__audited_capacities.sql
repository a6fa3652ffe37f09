-- Who sets what an agent can take decides how much room the page says is left, so it is written down like an acknowledgement.

-- A trigger, for people write the table by hand. The log has the hash of a note and never the note.
CREATE FUNCTION agentpulse.audit_capacity() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $audit_capacity$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF OLD.agent = NEW.agent THEN
                IF OLD.capacity <> NEW.capacity OR OLD.note IS DISTINCT FROM NEW.note THEN
                    PERFORM agentpulse.audit_append('change_capacity', NEW.agent, json_build_object(
                        'capacity', NEW.capacity, 'before', OLD.capacity,
                        'note_sha256', encode(sha256(convert_to(NEW.note, 'UTF8')), 'hex')));
                END IF;
                RETURN NULL;
            END IF;
        END IF;
        -- A row that goes to another agent is one that goes and one that comes.
        IF TG_OP <> 'INSERT' THEN
            PERFORM agentpulse.audit_append('remove_capacity', OLD.agent, json_build_object('capacity', OLD.capacity));
        END IF;
        IF TG_OP <> 'DELETE' THEN
            PERFORM agentpulse.audit_append('set_capacity', NEW.agent, json_build_object(
                'capacity', NEW.capacity, 'note_sha256', encode(sha256(convert_to(NEW.note, 'UTF8')), 'hex')));
        END IF;
        RETURN NULL;
    END
    $audit_capacity$;

COMMENT ON FUNCTION agentpulse.audit_capacity() IS 'Writes down who sets, changes or removes the capacity of an agent.';

CREATE TRIGGER audit_capacity AFTER INSERT OR UPDATE OR DELETE ON agentpulse.agent_capacity
    FOR EACH ROW EXECUTE FUNCTION agentpulse.audit_capacity();

REVOKE EXECUTE ON FUNCTION agentpulse.audit_capacity() FROM PUBLIC;

COMMENT ON COLUMN agentpulse.audit_log.action IS
    'begin, acknowledge, unacknowledge, note, change_note, remove_note, set_capacity, change_capacity, remove_capacity, retention, '
    'erase, export or sign_in; more may come.';
COMMENT ON COLUMN agentpulse.audit_log.subject IS 'What it was done to: an alert_id, an agent, a table, a report, a role.';
