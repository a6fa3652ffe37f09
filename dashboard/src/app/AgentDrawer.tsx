import { lazy, Suspense, useMemo } from 'react';
import { useAgentTrend, useRow, useTable, type AgentTrend, type HistoryPoints } from '@agentpulse/react';
import { Icon } from '../components/Icon';
import { Modal } from '../components/Modal';
import { RangeChoice } from '../components/RangeChoice';
import { Empty } from '../components/Empty';
import { conversationLink } from '../config/config';
import { useConfig } from '../config/context';
import { splitIncidents, incidentTitle } from '../features/alerts/incidents';
import { NoteList } from '../features/alerts/NoteDialog';
import { notesOf, useAgentMarks, useNotesByAlert } from '../features/alerts/notes';
import { ruleValue } from '../features/alerts/rules';
import { AgentFigures } from '../features/performance/AgentFigures';
import { HEALTH_WORD } from '../features/performance/order';
import { formatElapsed, formatMillis } from '../lib/format';
import { useHistorySpan } from '../lib/ranges';
import { useMoment } from '../lib/now';
import { clockTime, useZone } from '../lib/zone';
import { writeUrl } from '../lib/url';

const LatencyCharts = lazy(() => import('../features/performance/LatencyCharts'));
const AgentHistoryCharts = lazy(() => import('../features/performance/AgentHistoryCharts'));

const AgentForecast = lazy(() => import('../features/outlook/AgentForecast'));

const CHART_HEIGHTS: [number, number] = [190, 96];

const MOST_QUERIES = 6;

/** Everything about one agent, beside the page, which stays live. */
export function AgentDrawer({ agent }: { agent: string }) {
  const health = useRow('agent_health', agent);
  const answer = useAgentTrend(agent);
  const trend = answer.state === 'ready' ? answer.value : null;
  const close = () => writeUrl({ agent: null });
  const status = health?.health_status;
  return (
    <Modal
      title={agent}
      kind="drawer"
      onClose={close}
      head={
        status && (
          <span className={`state-word mark-${status}`}>
            <Icon name={status} />
            {HEALTH_WORD[status]} <Since time={(health as { since: string }).since} />
          </span>
        )
      }
    >
      {health ? (
        <div className="drawer-scroll" tabIndex={0} role="group" aria-label={`About ${agent}`}>
          <AgentFigures agent={agent} trend={trend} />
          <ChartsAndIncidents agent={agent} trend={trend} />
          <AgentQueries agent={agent} />
        </div>
      ) : (
        <Empty icon="search" title={`No agent is called “${agent}”.`}>
          It may have had no query for a long time, or the link is old.
        </Empty>
      )}
    </Modal>
  );
}

type Notes = ReturnType<typeof useNotesByAlert>;

interface OfAgent {
  agent: string;
  /** Null while it is not known. */
  trend: AgentTrend | null;
}

function ChartsAndIncidents({ agent, trend }: OfAgent) {
  const notes = useNotesByAlert();
  return (
    <>
      <AgentCharts agent={agent} trend={trend} notes={notes} />
      <AgentIncidents agent={agent} notes={notes} />
    </>
  );
}

function AgentCharts({ agent, trend, notes }: OfAgent & { notes: Notes }) {
  const marks = useAgentMarks(agent, notes);
  const span = useHistorySpan('range');
  // The day that comes goes with the day that was.
  const nextDay = (points: HistoryPoints) => (
    <Suspense fallback={null}>
      <AgentForecast agent={agent} points={points} />
    </Suspense>
  );
  return (
    <>
      <div className="chart-ranges">
        <RangeChoice label="Range of the charts" name="range" span={span} live />
      </div>
      <Suspense fallback={<p className="chart-wait">Loading the chart.</p>}>
        {span === null ? (
          <LatencyCharts agent={agent} heights={CHART_HEIGHTS} marks={marks} trend={trend} />
        ) : (
          <AgentHistoryCharts agent={agent} span={span} heights={CHART_HEIGHTS} marks={marks} trend={trend} below={span === '24h' ? nextDay : undefined} />
        )}
      </Suspense>
    </>
  );
}

function Since({ time }: { time: string }) {
  const moment = useMoment();
  return (
    <span className="muted num">
      for {moment.atLeast ? 'at least ' : ''}
      {formatElapsed(moment.time - Date.parse(time))}
    </span>
  );
}

function AgentIncidents({ agent, notes }: { agent: string; notes: Notes }) {
  const alerts = useTable('alert');
  const { time } = useMoment(10_000);
  const zone = useZone();
  const { open, recent } = useMemo(() => splitIncidents(alerts, time), [alerts, time]);
  const mine = [...open, ...recent].filter((incident) => incident.agent === agent);
  return (
    <section>
      <h3 className="sub">Incidents</h3>
      {mine.length === 0 ? (
        <p className="muted">None open, and none in the last ten minutes.</p>
      ) : (
        <ul className="plain">
          {mine.map((incident) => (
            <li key={incident.key}>
              <div className="drawer-line">
              <span className={`mark mark-${incident.status === 'resolved' ? 'healthy' : incident.severity}`}>
                <Icon name={incident.status === 'resolved' ? 'check' : incident.severity === 'critical' ? 'degraded' : 'warning'} />
              </span>
              <span>{incidentTitle(incident)}</span>
              <span className="muted">{incident.value === null ? '' : `${incident.rule !== 'slow_query' ? 'opened at ' : incident.count > 1 ? 'up to ' : ''}${ruleValue(incident.rule, incident.value)}`}</span>
              <time className="num muted">{clockTime(incident.openedAt, zone)}</time>
              </div>
              {notesOf(notes, incident.alertIds).length > 0 && <NoteList notes={notesOf(notes, incident.alertIds)} />}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface Query {
  seq: number;
  latency: number | null;
  text: string;
  conversation: string | null;
  at: string;
}

function AgentQueries({ agent }: { agent: string }) {
  const events = useTable('channel_event');
  const queries = useMemo(
    () =>
      events
        .filter((event) => event.payload.event === 'new_query' && event.payload.agent === agent)
        .map(({ seq, payload, event_time }): Query => ({
          seq,
          latency: typeof payload.latency_ms === 'number' ? payload.latency_ms : null,
          text: typeof payload.query === 'string' ? payload.query : '',
          conversation: typeof payload.conversation_id === 'string' ? payload.conversation_id : null,
          at: event_time,
        })),
    [events, agent],
  );
  const newest = [...queries].sort((a, b) => b.seq - a.seq).slice(0, MOST_QUERIES);
  const slowest = [...queries].sort((a, b) => (b.latency ?? -1) - (a.latency ?? -1) || b.seq - a.seq).slice(0, MOST_QUERIES);
  return (
    <>
      <QueryList title="Slowest in the feed" queries={slowest} />
      <QueryList title="Newest" queries={newest} />
    </>
  );
}

function QueryList({ title, queries }: { title: string; queries: readonly Query[] }) {
  const zone = useZone();
  const config = useConfig();
  return (
    <section>
      <h3 className="sub">{title}</h3>
      {queries.length === 0 ? (
        <p className="muted">The feed on this page holds no query of this agent.</p>
      ) : (
        <ul className="plain">
          {queries.map((query) => {
            const link = conversationLink(config, query.conversation);
            return (
              <li key={query.seq} className="drawer-line">
                <b className={`num query-ms ${(query.latency ?? 0) > 200 ? 'tone-warn' : ''}`}>{formatMillis(query.latency)}</b>
                <span className="query-text" title={query.text}>
                  {query.text || 'no text'}
                </span>
                {link !== null && (
                  <a href={link} target="_blank" rel="noreferrer" aria-label={`Open conversation ${query.conversation}`}>
                    <Icon name="external" />
                  </a>
                )}
                <time className="num muted">{clockTime(query.at, zone)}</time>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
