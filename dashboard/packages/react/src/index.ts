export { acknowledgeAlert, type AcknowledgeResult } from './acknowledge';
export { onBeat } from './beat';
export { ServerClock } from './clock';
export { connect, type Connection, type ConnectOptions } from './connect';
export { AgentPulseProvider, LiveSourceProvider, useLiveSource } from './context';
export { AMBER_MS, RED_MS, STALE_MS, type Freshness, type FreshnessLevel, type OutageCause } from './freshness';
export * from './hooks';
export {
  HISTORY_RANGES, useAgentHistory, useApprovalHistory, useTrainingHistory,
  type AgentHistory, type ApprovalHistory, type Filling, type HistoryPoints, type HistoryRange, type HistoryRow, type TrainingHistory,
} from './history';
export type { GatewayAddress, Link, LiveOptions } from './link';
export { LiveSource } from './live';
export { MOST_NOTE_CHARACTERS, noteIncident, useIncidentNotes, type IncidentNote } from './notes';
export { isThere, rowsIfThere, rowsOf, usePolled, type Answer, type ReadContext } from './polled';
export type * from './rows';
export { useFreshnessSelect, useLink, useRow, useSelect, useTable, useWithheld } from './select';
export { Store, type Change } from './store';
export { compareTimes } from './tables';
export { useAgentForecast, useOutlook, type AgentForecast, type AgentHeadroom, type AgentTrend, type ApprovalForecast, type ForecastBasis, type ForecastSlots, type Outlook } from './outlook';
export { useAgentQuality, useDataQuality, useProof, useRetention, type AgentQuality, type AuditResult, type DataQuality, type Kept, type Proof } from './proof';
