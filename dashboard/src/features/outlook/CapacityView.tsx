import { useMemo } from 'react';
import { useAgentForecast, useAgentHistory, useAllAgentsForecast, useAllAgentsHistory, useApprovalHistory, useOutlook, useRow, type AgentHeadroom, type AgentHistory, type AgentTrend, type AllAgentsHistory, type ApprovalForecast, type HistoryRange, type Outlook } from '@agentpulse/react';
import { CompareSwitch } from '../../components/ChartParts';
import { CsvButton } from '../../components/CsvButton';
import { Empty } from '../../components/Empty';
import { Icon } from '../../components/Icon';
import { Panel } from '../../components/Panel';
import { RangeChoice } from '../../components/RangeChoice';
import { Waiting } from '../../components/Waiting';
import { downloadCsv, fileName } from '../../lib/csv';
import { formatCount, formatDuration, formatPercent, formatRate, formatScore, NOT_AVAILABLE } from '../../lib/format';
import { useComparison, useMovingRange } from '../../lib/ranges';
import { useUrl, writeUrl } from '../../lib/url';
import { dayAndMinute, isoWithOffset, useZone } from '../../lib/zone';
import { VolumeForecast } from './AgentForecast';
import { RequestedForecast } from './ApprovalForecast';
import { SPAN_WORDS } from './forecast';
import { ForecastChart } from './ForecastChart';
import { usePast } from './past';
import { MINUTE_MS, SLOT_MINUTES } from './slots';

const queries = (row: AllAgentsHistory) => row.query_count;
const latencySum = (row: AgentHistory) => row.latency_sum_ms;

/** Where agents and approvals are going, and what they have room for. */
export default function CapacityView() {
  const answer = useOutlook();
  if (answer.state === 'missing') {
    return <Empty title="No forecast is kept here that you may read.">The tables come with a newer version: run “agentpulse migrate” and start the job anew.</Empty>;
  }
  if (answer.state !== 'ready') {
    return <Waiting answer={answer} what="the forecast" />;
  }
  return <Capacity outlook={answer.value} />;
}

function Capacity({ outlook }: { outlook: Outlook }) {
  const rows = useMemo(() => leastRoomFirst(outlook), [outlook]);
  const asked = useUrl('of');
  const range = useMovingRange();
  const comparison = useComparison();
  const chosen = rows.some(({ agent }) => agent === asked) ? (asked as string) : rows[0]?.agent;
  return (
    <div className="view-grid">
      <AgentsTable rows={rows} chosen={chosen} read={outlook.headroom !== null} />
      <div className="view-column">
        <div className="view-ranges">
          <RangeChoice label="Range of the charts of capacity" name="past" span={range} />
          <CompareSwitch on={comparison} />
        </div>
        {chosen === undefined ? null : <AgentOutlook key={chosen} agent={chosen} range={range} headroom={rows.find(({ agent }) => agent === chosen)?.headroom} />}
        <AllAgentsOutlook range={range} />
        <ApprovalOutlook forecasts={outlook.approvals} range={range} />
      </div>
    </div>
  );
}

interface CapacityRow {
  agent: string;
  trend: AgentTrend | undefined;
  headroom: AgentHeadroom | undefined;
}

export function leastRoomFirst({ trends, headroom }: Pick<Outlook, 'trends' | 'headroom'>): CapacityRow[] {
  const agents = [...new Set([...trends, ...(headroom ?? [])].map(({ agent }) => agent))];
  const room = (row: CapacityRow) => row.headroom?.headroom_pct ?? Infinity;
  return agents
    .map((agent) => ({ agent, trend: trends.find((each) => each.agent === agent), headroom: headroom?.find((each) => each.agent === agent) }))
    .sort((a, b) => room(a) - room(b) || (a.agent < b.agent ? -1 : 1));
}

const TREND = { rising: { icon: 'up', word: 'rising' }, falling: { icon: 'down', word: 'falling' }, flat: { icon: 'flat', word: 'steady' } } as const;

function signed(change: number | null | undefined): string {
  return change === null || change === undefined ? NOT_AVAILABLE : `${change > 0 ? '+' : change < 0 ? '−' : ''}${formatPercent(Math.abs(change), 0)}`;
}

function Trend({ of }: { of: AgentTrend | undefined }) {
  if (of?.trend == null) {
    return <span className="muted">{NOT_AVAILABLE}</span>;
  }
  const { icon, word } = TREND[of.trend];
  return (
    <span className={`trend-word is-${of.trend}`}>
      <Icon name={icon} /> {word} {of.trend === 'flat' ? '' : signed(of.trend_change_pct)}
    </span>
  );
}

function Headroom({ of, read }: { of: AgentHeadroom | undefined; read: boolean }) {
  const zone = useZone();
  if (of?.headroom_pct == null) {
    return <span className="muted" title={read ? 'No capacity is set, and none was seen yet' : 'It could not be read; it is tried again in a few minutes'}>{NOT_AVAILABLE}</span>;
  }
  const room = Math.min(100, Math.max(0, of.headroom_pct));
  const tone = of.exhausted_at !== null || room <= 0 ? 'bad' : room < 20 ? 'warn' : 'good';
  return (
    <span className="headroom" title={`Capacity ${formatScore(of.capacity)} at once, ${of.capacity_source === 'set' ? 'set in agent_capacity' : 'more than 99 of 100 minutes took'}`}>
      <span className="headroom-bar" aria-hidden="true">
        <i className={`fill-${tone}`} style={{ width: `${100 - room}%` }} />
      </span>
      <b className={`num tone-${tone === 'good' ? '' : tone}`}>{formatPercent(of.headroom_pct, 0)}</b>
      {of.exhausted_at !== null && (
        <span className="tone-bad headroom-end">
          <Icon name="warning" label="Full" /> {dayAndMinute(of.exhausted_at, zone)}
        </span>
      )}
    </span>
  );
}

function AgentsTable({ rows, chosen, read }: { rows: readonly CapacityRow[]; chosen: string | undefined; read: boolean }) {
  const zone = useZone();
  const exportCsv = () =>
    downloadCsv(
      fileName(['capacity', isoWithOffset(Date.now(), zone)], 'csv'),
      ['agent', 'rate_5m', 'trend', 'trend_change_pct', 'change_vs_yesterday_pct', 'change_vs_last_week_pct', 'capacity', 'capacity_source', 'headroom_pct', 'exhausted_at'],
      rows.map(({ agent, trend, headroom }) => [
        agent, trend?.rate_5m, trend?.trend, trend?.trend_change_pct, trend?.change_vs_yesterday_pct, trend?.change_vs_last_week_pct,
        headroom?.capacity, headroom?.capacity_source, headroom?.headroom_pct, headroom?.exhausted_at && isoWithOffset(headroom.exhausted_at, zone),
      ]),
    );
  return (
    <Panel id="capacity" title="Capacity" note="least room first" className="view-table" actions={<CsvButton label="Capacity as CSV" onExport={exportCsv} />}>
      {rows.length === 0 ? (
        <Empty title="There is no forecast yet.">It comes half a minute after the first queries.</Empty>
      ) : (
        <div className="table-scroll" tabIndex={0} role="group" aria-label="Capacity of each agent">
          <table className="sources-table">
            <thead>
              <tr>
                <th scope="col">Agent</th>
                <th scope="col" title="The bar is what the next day is expected to take of the capacity, the figure what it leaves">
                  Load and room, next day
                </th>
                <th scope="col">Trend, 1 h</th>
                <th scope="col" className="num">
                  A minute
                </th>
                <th scope="col" className="num" title="Against the same minutes of yesterday">
                  Yesterday
                </th>
                <th scope="col" className="num" title="Against the same minutes a week ago">
                  Last week
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ agent, trend, headroom }) => (
                <tr key={agent} aria-current={agent === chosen} className="view-row">
                  <th scope="row">
                    <button type="button" className="agent-name" title={agent} aria-pressed={agent === chosen} onClick={() => writeUrl({ of: agent })}>
                      {agent}
                    </button>
                  </th>
                  <td>
                    <Headroom of={headroom} read={read} />
                  </td>
                  <td>
                    <Trend of={trend} />
                  </td>
                  <td className="num">{formatRate(trend?.rate_5m ?? null)}</td>
                  <td className="num">{signed(trend?.change_vs_yesterday_pct)}</td>
                  <td className="num">{signed(trend?.change_vs_last_week_pct)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

interface AgentOutlookProps {
  agent: string;
  range: HistoryRange;
  headroom: AgentHeadroom | undefined;
}

function AgentOutlook({ agent, range, headroom }: AgentOutlookProps) {
  const forecast = useAgentForecast(agent);
  const history = useAgentHistory(agent, range);
  const points = history.state === 'ready' ? history.value : null;
  const load = usePast(range, points, latencySum, 1);
  const of = (measure: string) => (forecast.state === 'ready' ? forecast.value.find((each) => each.measure === measure) : undefined);
  const [volume, concurrency] = [of('query_count'), of('concurrency')];
  return (
    <Panel id="forecast" title={agent} note={SPAN_WORDS[range]} className={forecast.state === 'reading' ? 'forecast-room' : ''}>
      {forecast.state === 'reading' || forecast.state === 'failed' ? (
        <Waiting answer={forecast} what="the forecast" />
      ) : (
        volume === undefined && concurrency === undefined && <p className="chart-wait">There is no forecast of this agent yet.</p>
      )}
      {volume && <VolumeForecast title="Queries a minute" agent={agent} range={range} points={points} forecast={volume} height={150} />}
      {concurrency && <ForecastChart title="Queries at once" name={agent} range={range} past={load} forecast={concurrency} limit={headroom?.capacity ?? undefined} format={(value) => formatScore(value, 2)} height={110} />}
    </Panel>
  );
}

function AllAgentsOutlook({ range }: { range: HistoryRange }) {
  const forecast = useAllAgentsForecast();
  const history = useAllAgentsHistory(range);
  const past = usePast(range, history.state === 'ready' ? history.value : null, queries, MINUTE_MS);
  const expected = forecast.state === 'ready' ? forecast.value : null;
  if (forecast.state !== 'reading' && expected === null) {
    return null;
  }
  return (
    <Panel id="all-forecast" title="All agents" note={SPAN_WORDS[range]} className={expected === null ? 'forecast-room' : ''}>
      {expected === null ? (
        <Waiting answer={forecast} what="the forecast" />
      ) : (
        <ForecastChart title="Queries a minute" name="all agents" range={range} past={past} forecast={expected} scale={1 / SLOT_MINUTES} format={formatRate} height={110} />
      )}
    </Panel>
  );
}

function ApprovalOutlook({ forecasts, range }: { forecasts: readonly ApprovalForecast[]; range: HistoryRange }) {
  const history = useApprovalHistory(range);
  const points = history.state === 'ready' ? history.value : null;
  const queue = useRow('approval_queue', 'all');
  const requested = forecasts.find(({ measure }) => measure === 'requested');
  const pending = forecasts.find(({ measure }) => measure === 'pending');
  if (requested === undefined && pending === undefined) {
    return null;
  }
  return (
    <Panel id="approval-forecast" title="Approvals" note={queue ? `${formatCount(queue.pending_count)} waiting` : undefined}>
      {pending && (
        <div className="figures view-figures">
          <Fact label="Clear in" value={pending.minutes_to_clear === null ? 'not in sight' : formatDuration(pending.minutes_to_clear * MINUTE_MS)} note={pending.minutes_to_clear === null ? 'more come than are decided' : 'at the pace of now'} bad={pending.minutes_to_clear === null} />
          <Fact label="Late in 15 m" value={formatCount(pending.breaches_next_15m)} note="if nobody decides" bad={(pending.breaches_next_15m ?? 0) > 0} />
          <Fact label="Approvers" value={formatCount(pending.approvers_needed)} note={pending.approvers_needed === null ? 'not known yet how much one decides' : 'needed, 19 of 20 in time'} />
        </div>
      )}
      {requested && <RequestedForecast title="Requested an hour" range={range} points={points} forecast={requested} height={110} />}
      {pending && <ForecastChart title="Waiting, next day" name="approvals" range="24h" forecast={pending} format={formatRate} height={96} />}
    </Panel>
  );
}

function Fact({ label, value, note, bad = false }: { label: string; value: string; note: string; bad?: boolean }) {
  return (
    <div className="figure figure-large">
      <span className="figure-label">{label}</span>
      <span className={`figure-value ${bad ? 'tone-warn' : ''}`}>{value}</span>
      <span className="figure-note">{note}</span>
    </div>
  );
}
