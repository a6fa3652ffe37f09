import { memo, useContext, useMemo, useRef, useSyncExternalStore } from 'react';
import { CellFigure } from '../../components/Figure';
import { Icon } from '../../components/Icon';
import { Sparkline } from '../../components/Sparkline';
import { formatAge, formatCount, formatMillis, formatPercent, formatScore } from '../../lib/format';
import { useMoment } from '../../lib/now';
import { useRowInSight, useSight, type Sight } from '../../lib/sight';
import { TrailContext } from '../../lib/trailContext';
import { HEALTH_WORD } from './order';
import { LatencyStrip } from './LatencyStrip';
import { LIMIT_MS } from './limit';

/** The line grows into its width: a minute at first, five minutes at most. */
const LEAST_STEPS = 12;
const MOST_STEPS = 60;

interface AgentRowProps {
  agent: string;
  open: boolean;
  onOpen: (agent: string) => void;
}

/** One agent. It renders when a row of this agent changes while it is seen, and at hardly any other time. */
export const AgentRow = memo(function AgentRow({ agent, open, onOpen }: AgentRowProps) {
  const row = useRef<HTMLTableRowElement>(null);
  const sight = useSight(row);
  const health = useRowInSight(sight, 'agent_health', agent);
  const one = useRowInSight(sight, 'agent_performance', `1m ${agent}`);
  const five = useRowInSight(sight, 'agent_performance', `5m ${agent}`);
  if (!health) {
    return null;
  }
  const status = health.health_status;
  const idle = status === 'idle';
  const figure = (name: string, window: '1m' | '5m', text: string) => (
    <CellFigure why={{ figure: name, agent, window }} inRow>
      {text}
    </CellFigure>
  );
  return (
    <tr
      ref={row}
      className={`agent is-${status} ${open ? 'is-open' : ''}`}
      data-agent={agent}
      onClick={(event) => {
        // Closing gives the focus back to where it was: to this row, not to nothing.
        event.currentTarget.querySelector('button')?.focus();
        onOpen(agent);
      }}
    >
      <th scope="row">
        <button
          type="button"
          className="agent-name"
          aria-haspopup="dialog"
          onClick={(event) => {
            event.stopPropagation();
            onOpen(agent);
          }}
        >
          <span className={`mark mark-${status}`}>
            <Icon name={status === 'warning' ? 'warning' : status} label={HEALTH_WORD[status]} />
          </span>
          <span className="agent-label">{agent}</span>
          <span className="agent-state">
            {status === 'healthy' ? '' : <span className="agent-word">{HEALTH_WORD[status]}</span>}
            {status === 'healthy' ? '' : <Since time={health.since} />}
          </span>
        </button>
      </th>
      <td className="agent-spark">
        <AgentSpark agent={agent} sight={sight} />
      </td>
      <td className={`num agent-latency strong ${idle ? 'is-none' : ''}`} title={idle ? 'No query in the last minute' : undefined}>
        {figure('avg_latency_ms', '1m', formatMillis(health.avg_latency_ms_1m))}
      </td>
      <td className="agent-strip">
        <LatencyStrip
          p50={five?.p50_latency_ms ?? null}
          p95={five?.p95_latency_ms ?? null}
          p99={five?.p99_latency_ms ?? null}
          limit={LIMIT_MS}
        />
      </td>
      <td className={`num agent-p95 ${five?.p95_latency_ms == null ? 'is-none' : ''}`}>{figure('p95_latency_ms', '5m', formatMillis(five?.p95_latency_ms))}</td>
      <td className={`num ${one?.query_count ? '' : 'is-none'}`}>{figure('query_count', '1m', formatCount(one?.query_count ?? 0))}</td>
      <td
        className={`num agent-approval ${five?.approval_rate_pct == null ? 'is-none' : ''}`}
        title={five?.approval_rate_pct == null ? 'Nothing reviewed in the last 5 minutes' : `of ${formatCount(five.approved_count + five.rejected_count)} reviewed`}
      >
        {figure('approval_rate_pct', '5m', formatPercent(five?.approval_rate_pct, 0))}
      </td>
      <td className={`num agent-edits ${five?.human_edit_rate_pct == null ? 'is-none' : ''}`}>
        {figure('human_edit_rate_pct', '5m', formatPercent(five?.human_edit_rate_pct, 0))}
      </td>
      <td className={`num agent-score ${five?.quality_score == null ? 'is-none' : ''}`}>{figure('quality_score', '5m', formatScore(five?.quality_score, 0))}</td>
    </tr>
  );
});

function Since({ time }: { time: string }) {
  const moment = useMoment();
  return <> {moment.atLeast ? '≥ ' : ''}{formatAge(moment.time - Date.parse(time))}</>;
}

const nothing = () => () => undefined;

function AgentSpark({ agent, sight }: { agent: string; sight: Sight }) {
  const trail = useContext(TrailContext);
  const subscribe = useMemo(() => (trail ? (listener: () => void) => sight.listen(trail.subscribe, listener) : nothing), [trail, sight]);
  useSyncExternalStore(subscribe, trail?.getVersion ?? (() => 0));
  const values = trail?.series(agent, 'avg') ?? [];
  return <Sparkline values={values} least={120} limit={LIMIT_MS} steps={Math.min(MOST_STEPS, Math.max(LEAST_STEPS, values.length))} />;
}
