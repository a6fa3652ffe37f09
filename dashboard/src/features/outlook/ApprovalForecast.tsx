import { useApprovalForecast, type ApprovalForecast as Forecast, type ApprovalHistory, type HistoryPoints, type HistoryRange } from '@agentpulse/react';
import { formatRate } from '../../lib/format';
import { ForecastChart } from './ForecastChart';
import { usePast } from './past';
import { HOUR_MS, MINUTE_MS, SLOT_MINUTES } from './slots';

interface RequestedForecastProps {
  title: string;
  range: HistoryRange;
  /** What was; null until it is read. */
  points: HistoryPoints<ApprovalHistory> | null;
  forecast: Forecast;
  height: number;
}

const requested = (row: ApprovalHistory) => row.requested_count;

/** How many approvals were asked for, and how many are likely to be in the next hours. */
export function RequestedForecast({ title, range, points, forecast, height }: RequestedForecastProps) {
  const past = usePast(range, points, requested, HOUR_MS);
  return <ForecastChart title={title} name="approvals" range={range} past={past} forecast={forecast} scale={HOUR_MS / (SLOT_MINUTES * MINUTE_MS)} format={formatRate} height={height} />;
}

/** The same below the charts of approvals over a day; nothing where there is no forecast. */
export default function ApprovalForecast({ points }: { points: HistoryPoints<ApprovalHistory> }) {
  const answer = useApprovalForecast();
  const forecast = answer.state === 'ready' ? answer.value.find(({ measure }) => measure === 'requested') : undefined;
  return forecast === undefined ? null : <RequestedForecast title="Requested an hour, and the next day" range="24h" points={points} forecast={forecast} height={120} />;
}
