import { memo } from 'react';
import type { IncidentNote } from '@agentpulse/react';
import { Icon } from '../../components/Icon';
import { conversationLink } from '../../config/config';
import { useConfig } from '../../config/context';
import { formatElapsed, formatMillis } from '../../lib/format';
import { useMoment } from '../../lib/now';
import { askWhy } from '../../lib/why';
import { clockTime, useZone } from '../../lib/zone';
import { incidentTitle, type Incident } from './incidents';
import { ruleValue } from './rules';

const SEVERITY_ICON = { critical: 'degraded', warning: 'warning', info: 'info' } as const;
const SEVERITY_WORD = { critical: 'Critical', warning: 'Warning', info: 'Info' } as const;

interface IncidentRowProps {
  incident: Incident;
  selected: boolean;
  notes: readonly IncidentNote[];
  onSelect: (key: string) => void;
  onAcknowledge: (incident: Incident) => void;
  onRelease: (incident: Incident) => void;
  onSnooze: (incident: Incident) => void;
  onNote: (incident: Incident) => void;
}

export const IncidentRow = memo(function IncidentRow(props: IncidentRowProps) {
  const { incident, selected, notes, onSelect, onAcknowledge, onRelease, onSnooze, onNote } = props;
  const config = useConfig();
  const { severity, status, acknowledgedBy } = incident;
  const link = conversationLink(config, incident.conversationId);
  return (
    <li
      className={`incident is-${severity} ${status === 'acknowledged' ? 'is-taken' : ''}`}
      data-key={incident.key}
      aria-current={selected}
      onFocus={() => onSelect(incident.key)}
      onClick={() => onSelect(incident.key)}
    >
      <span className={`mark mark-${severity}`}>
        <Icon name={SEVERITY_ICON[severity]} label={SEVERITY_WORD[severity]} />
      </span>
      <div className="incident-text">
        <button type="button" className="incident-title" onClick={() => askWhy({ figure: 'alert', alertId: incident.alertIds[0] as string })}>
          {incidentTitle(incident)}
        </button>
        <p className="incident-more">
          <Value incident={incident} />
          {link !== null && (
            <a href={link} target="_blank" rel="noreferrer">
              {incident.conversationId} <Icon name="external" />
            </a>
          )}
          {acknowledgedBy !== null && (
            <span className="taken">
              <Icon name="check" />
              {acknowledgedBy}
            </span>
          )}
          {notes.length > 0 && <LastNote notes={notes} onOpen={() => onNote(incident)} />}
        </p>
      </div>
      <div className="incident-side">
      <Age since={incident.openedAt} />
      <span className="incident-actions">
        <span className="incident-later">
          <button type="button" className="button quiet" title="Snooze for 30 minutes, in this browser (s)" onClick={() => onSnooze(incident)}>
            Snooze
          </button>
          <button type="button" className="button quiet" title="Note, for all to see (n)" onClick={() => onNote(incident)}>
            Note
          </button>
        </span>
        {status === 'open' ? (
          <button type="button" className="button" title="Acknowledge (a)" onClick={() => onAcknowledge(incident)}>
            Acknowledge
          </button>
        ) : (
          <button type="button" className="button quiet" title="Open it again, for others to take" onClick={() => onRelease(incident)}>
            Release
          </button>
        )}
      </span>
      </div>
    </li>
  );
});

function LastNote({ notes, onOpen }: { notes: readonly IncidentNote[]; onOpen: () => void }) {
  const { note, noted_by } = notes.at(-1) as IncidentNote;
  return (
    <button type="button" className="incident-note" title={`${noted_by}: ${note}`} onClick={onOpen}>
      <Icon name="note" label={`Note by ${noted_by}`} />
      <span>{note}</span>
      {notes.length > 1 && <span className="muted num">+{notes.length - 1}</span>}
    </button>
  );
}

function Value({ incident }: { incident: Incident }) {
  const { rule, value, threshold } = incident;
  if (value === null || threshold === null) {
    return rule === 'unsafe_response' ? <span>must not be sent</span> : null;
  }
  if (rule === 'approval_sla_breach') {
    return <span>not decided within {ruleValue(rule, threshold)}</span>;
  }
  return (
    <span>
      opened at <b>{ruleValue(rule, value)}</b>, limit {ruleValue(rule, threshold)}
    </span>
  );
}

function Age({ since }: { since: string }) {
  const moment = useMoment();
  return (
    <span className="incident-age num">
      {moment.atLeast && <abbr title="at least: the figures are old">≥ </abbr>}
      {formatElapsed(moment.time - Date.parse(since))}
    </span>
  );
}

export function RecentRow({ incident }: { incident: Incident }) {
  const zone = useZone();
  const worst = incident.rule === 'slow_query' && incident.value !== null ? `${incident.count > 1 ? 'up to ' : ''}${formatMillis(incident.value)}` : '';
  return (
    <li className="recent">
      <span className="mark">
        <Icon name={incident.rule === 'slow_query' ? 'clock' : 'check'} />
      </span>
      <span className="recent-text">
        {incidentTitle(incident)} <span className="muted">{worst}</span>
      </span>
      <time className="num muted">{clockTime(incident.resolvedAt ?? incident.openedAt, zone)}</time>
    </li>
  );
}
