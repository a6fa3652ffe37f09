import { useMemo } from 'react';
import { useAgentForecast, type AgentForecast as Forecast, type HistoryPoints } from '@agentpulse/react';
import { ForecastChart } from './ForecastChart';
import { oneDecimal, SLOT_MINUTES } from './slots';

const NO_TIMES: readonly number[] = [];

interface VolumeForecastProps {
  title: string;
  agent: string;
  /** The last day; null until it is read. */
  points: HistoryPoints | null;
  forecast: Forecast;
  height: number;
}

/** How much an agent was asked in the last day, and how much it is likely to be asked in the next one. */
export function VolumeForecast({ title, agent, points, forecast, height }: VolumeForecastProps) {
  const queries = useMemo(() => (points?.rows ?? []).map((row) => (row?.final ? row.query_count / SLOT_MINUTES : null)), [points]);
  return <ForecastChart title={title} name={agent} times={points?.times ?? NO_TIMES} values={queries} forecast={forecast} scale={1 / SLOT_MINUTES} format={oneDecimal} height={height} />;
}

/** The same below the charts of an agent; nothing where there is no forecast. */
export default function AgentForecast({ agent, points }: { agent: string; points: HistoryPoints }) {
  const answer = useAgentForecast(agent);
  const volume = answer.state === 'ready' ? answer.value.find(({ measure }) => measure === 'query_count') : undefined;
  return volume === undefined ? null : <VolumeForecast title="Queries a minute, and the next day" agent={agent} points={points} forecast={volume} height={120} />;
}
