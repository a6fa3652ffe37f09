export { acknowledgeAlert, type AcknowledgeResult } from './acknowledge';
export { onBeat } from './beat';
export { ServerClock } from './clock';
export { useCompared, type Compared, type Comparison, type Then } from './compared';
export { connect, type Connection, type ConnectOptions } from './connect';
export { AgentPulseProvider, LiveSourceProvider, useLiveSource } from './context';
export { AMBER_MS, RED_MS, STALE_MS, type Freshness, type FreshnessLevel, type OutageCause } from './freshness';
export * from './hooks';
export {
  bucketsOf, HISTORY_RANGES, rangeOfSpan, useAgentHistory, useAllAgentsHistory, useApprovalHistory, useTrainingHistory,
  type AgentHistory, type AllAgentsHistory, type ApprovalHistory, type Filling, type FixedRange, type HistoryPoints, type HistoryRange, type HistoryRow, type HistorySpan, type TrainingHistory,
} from './history';
export { useIncidentSpans, type IncidentSpan } from './incidents';
export type { GatewayAddress, Link, LiveOptions } from './link';
export { LiveSource } from './live';
export { MOST_NOTE_CHARACTERS, noteIncident, useIncidentNotes, type IncidentNote } from './notes';
export { ifThere, rowsIfThere, rowsOf, usePolled, type Answer, type ReadContext } from './polled';
export { isCatchingUp } from './progress';
export type * from './rows';
export { useFreshnessSelect, useLink, useRow, useSelect, useTable, useWithheld } from './select';
export { Store, type Change } from './store';
export { compareTimes } from './tables';
export { useAgentForecast, useAgentTrend, useAllAgentsForecast, useApprovalForecast, useOutlook, type AgentForecast, type AgentHeadroom, type AgentTrend, type ApprovalForecast, type ForecastBasis, type ForecastSlots, type Outlook } from './outlook';
export {
  useAgentQuality, useAnnotatorAgreement, useDataQuality, useDataQualityScores, useFigureProofs, useOracle, useProof, useRetention,
  type AgentQuality, type AnnotatorAgreement, type AuditResult, type DataQuality, type DataQualityScore, type FigureProof, type Kept, type Proof,
} from './proof';
