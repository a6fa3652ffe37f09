import { useCallback, useMemo, useState } from 'react';
import { acknowledgeAlert, isCatchingUp, useLiveSource, useSelect, useTable, type Store } from '@agentpulse/react';
import { CsvButton } from '../../components/CsvButton';
import { Empty } from '../../components/Empty';
import { Panel } from '../../components/Panel';
import { downloadCsv, fileName } from '../../lib/csv';
import { plural } from '../../lib/format';
import { useHeldOrder } from '../../lib/heldOrder';
import { useKeys } from '../../lib/keys';
import { notify } from '../../lib/notices';
import { useMoment } from '../../lib/now';
import { clockTime, isoWithOffset, useZone } from '../../lib/zone';
import { IncidentRow, RecentRow } from './IncidentRow';
import { incidentTitle, RowKeys, splitIncidents, type Incident } from './incidents';
import { NoteDialog } from './NoteDialog';
import { notesOf, useNotesByAlert } from './notes';
import { snooze, useSnoozed } from './snooze';

const SNOOZE_MINUTES = 30;
/** The incidents are looked at anew so often, for the ones that leave the last ten minutes. */
const LOOK_MS = 10_000;

const catchesUp = (store: Store) => isCatchingUp(store.list('pipeline_status'));

function focusRow(row: Element | null | undefined): void {
  row?.querySelector<HTMLElement>('.incident-title')?.focus();
}

export function IncidentsPanel({ agent = null }: { agent?: string | null }) {
  const live = useLiveSource();
  const zone = useZone();
  const alerts = useTable('alert');
  const catchingUp = useSelect(['pipeline_status'], catchesUp) && agent === null;
  const { time, atLeast: stale } = useMoment(LOOK_MS);
  const snoozed = useSnoozed();
  const notes = useNotesByAlert();
  const [selected, setSelected] = useState<string | null>(null);
  const [noting, setNoting] = useState<Incident | null>(null);
  const [rowKeys] = useState(() => new RowKeys());
  const { open, recent } = useMemo(() => {
    const split = splitIncidents(alerts, time);
    return { ...split, open: rowKeys.keep(split.open, selected) };
  }, [alerts, time, rowKeys, selected]);
  const awake = open.filter((incident) => !((snoozed[incident.cause] ?? 0) > Date.now()));
  const asleep = open.length - awake.length;
  const { order, hold } = useHeldOrder<HTMLUListElement>(awake.map((incident) => incident.key));
  const list = hold.ref;
  const rowOf = useCallback((key: string) => list.current?.querySelector(`[data-key="${key}"]`), [list]);
  const byKey = new Map(awake.map((incident) => [incident.key, incident]));
  const shown = order.map((key) => byKey.get(key) as Incident).filter((each) => agent === null || each.agent === agent);

  const taken = shown.filter(({ status }) => status === 'acknowledged').length;

  /** True if all of it is done; else a notice says why not. */
  const send = useCallback(
    async (incident: Incident, undo: boolean) => {
      const results = await Promise.all(incident.alertIds.map((id) => acknowledgeAlert(live, id, { undo })));
      const failed = results.find((result) => !result.ok);
      if (failed && !failed.ok) {
        notify(failed.reason === 'denied' ? `You may not ${undo ? 'release it' : 'acknowledge'}: ${failed.message}` : failed.message);
      }
      return failed === undefined;
    },
    [live],
  );
  const release = useCallback((incident: Incident) => void send(incident, true), [send]);
  const acknowledge = useCallback(
    async (incident: Incident) => {
      if (await send(incident, false)) {
        notify(`Acknowledged: ${incidentTitle(incident)}`, { label: 'Undo', run: () => release(incident) });
      }
    },
    [send, release],
  );
  const putAside = useCallback(
    (incident: Incident) => {
      const until = Date.now() + SNOOZE_MINUTES * 60_000;
      const row = rowOf(incident.key);
      if (row?.contains(document.activeElement)) {
        // It leaves the list: the focus goes on to the next one instead of to nothing.
        focusRow(row.nextElementSibling ?? row.previousElementSibling);
      }
      snooze(incident.cause, until);
      notify(`Snoozed until ${clockTime(until, zone)}, in this browser: ${incidentTitle(incident)}`, {
        label: 'Undo',
        run: () => snooze(incident.cause, null),
      });
    },
    [zone, rowOf],
  );
  const takeNote = useCallback((incident: Incident) => setNoting(incident), []);

  useKeys((key) => {
    if (shown.length === 0) {
      return false;
    }
    const index = shown.findIndex((incident) => incident.key === selected);
    const current = shown[index];
    if (key === 'j' || key === 'k') {
      const next = shown[Math.min(shown.length - 1, Math.max(0, index < 0 ? 0 : index + (key === 'j' ? 1 : -1)))] as Incident;
      setSelected(next.key);
      focusRow(rowOf(next.key));
      return true;
    }
    if (current === undefined) {
      return false;
    }
    if (key === 'a' && current.status === 'open') {
      void acknowledge(current);
      return true;
    }
    if (key === 's') {
      putAside(current);
      return true;
    }
    if (key === 'n') {
      setNoting(current);
      return true;
    }
    return false;
  });

  // What is shown, in its order: each alert of an incident has a row.
  const listed = agent === null ? [...shown, ...recent] : shown;
  const exportCsv = () =>
    downloadCsv(
      fileName(['incidents', ...(agent === null ? ['open-and-last-10m'] : ['open', agent]), ...(asleep > 0 ? [`without-${asleep}-snoozed`] : []), isoWithOffset(Date.now(), zone)], 'csv'),
      ['incident', 'alert_id', 'rule', 'subject', 'severity', 'status', 'value', 'threshold', 'conversation_id', 'opened_at', 'resolved_at', 'acknowledged_by'],
      listed.flatMap((incident) =>
        incident.alertIds.flatMap((id) => {
          const alert = live.store.row('alert', id);
          return alert === undefined ? [] : [[
            incidentTitle(incident), alert.alert_id, alert.rule, alert.subject, alert.severity, alert.status, alert.value, alert.threshold, alert.conversation_id,
            isoWithOffset(alert.opened_at, zone), alert.resolved_at && isoWithOffset(alert.resolved_at, zone), alert.acknowledged_by,
          ]];
        }),
      ),
    );

  return (
    <Panel
      id="incidents"
      title="Incidents"
      className="incidents"
      note={shown.length === 0 ? undefined : `${shown.length - taken} open${taken > 0 ? `, ${taken} taken` : ''}`}
      actions={
        <>
          {asleep > 0 && (
            <button type="button" className="button quiet" title="Show them again" onClick={() => open.forEach(({ cause }) => snooze(cause, null))}>
              {asleep} snoozed
            </button>
          )}
          <CsvButton label="Alerts as CSV" onExport={exportCsv} />
        </>
      }
    >
      {/* A list that scrolls can be reached by keyboard even while nothing in it takes the focus. */}
      <div className="scroll" tabIndex={0} role="group" aria-label="Open and recent incidents">
        {shown.length === 0 ? (
          <Empty icon="healthy" title={stale ? 'Nothing was wrong.' : catchingUp ? 'No incident yet.' : 'Nothing is wrong right now.'}>
            {catchingUp
              ? 'Late approvals show up here when the job has read what was committed before its restart.'
              : recent.length === 0
                ? 'Slow agents, late approvals and unsafe answers show up here.'
                : undefined}
          </Empty>
        ) : (
          <ul className="incident-list" {...hold}>
            {shown.map((incident) => (
              <IncidentRow
                key={incident.key}
                incident={incident}
                selected={incident.key === selected}
                notes={notesOf(notes, incident.alertIds)}
                onSelect={setSelected}
                onAcknowledge={acknowledge}
                onRelease={release}
                onSnooze={putAside}
                onNote={takeNote}
              />
            ))}
          </ul>
        )}
        {recent.length > 0 && agent === null && (
          <>
            <h3 className="sub">Last 10 minutes</h3>
            <ul className="recent-list">
              {recent.map((incident) => (
                <RecentRow key={incident.key} incident={incident} />
              ))}
            </ul>
          </>
        )}
      </div>
      {noting && <NoteDialog incident={noting} notes={notesOf(notes, noting.alertIds)} onClose={() => setNoting(null)} />}
      <span className="visually-hidden" aria-live="polite">
        {plural(shown.length, 'open incident')}
      </span>
    </Panel>
  );
}
