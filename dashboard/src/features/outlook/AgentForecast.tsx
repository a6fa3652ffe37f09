import { useAgentForecast, type AgentForecast as Forecast, type AgentHistory, type HistoryPoints, type HistoryRange } from '@agentpulse/react';
import { formatRate } from '../../lib/format';
import { ForecastChart } from './ForecastChart';
import { usePast } from './past';
import { MINUTE_MS, SLOT_MINUTES } from './slots';

interface VolumeForecastProps {
  title: string;
  agent: string;
  range: HistoryRange;
  /** What was; null until it is read. */
  points: HistoryPoints | null;
  forecast: Forecast;
  height: number;
}

const queries = (row: AgentHistory) => row.query_count;

/** How much an agent was asked, and how much it is likely to be asked in the next hours. */
export function VolumeForecast({ title, agent, range, points, forecast, height }: VolumeForecastProps) {
  const past = usePast(range, points, queries, MINUTE_MS);
  return <ForecastChart title={title} name={agent} range={range} past={past} forecast={forecast} scale={1 / SLOT_MINUTES} format={formatRate} height={height} />;
}

/** The same below the charts of an agent over a day; nothing where there is no forecast. */
export default function AgentForecast({ agent, points }: { agent: string; points: HistoryPoints }) {
  const answer = useAgentForecast(agent);
  const volume = answer.state === 'ready' ? answer.value.find(({ measure }) => measure === 'query_count') : undefined;
  return volume === undefined ? null : <VolumeForecast title="Queries a minute, and the next day" agent={agent} range="24h" points={points} forecast={volume} height={120} />;
}
