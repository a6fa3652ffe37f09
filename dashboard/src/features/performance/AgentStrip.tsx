import { memo, useCallback, useSyncExternalStore } from 'react';
import { useLiveSource } from '@agentpulse/react';
import { HEALTH_WORD } from './order';

/** All agents in one line of cells, by name: where a hundred rows do not fit, this does. */
export function AgentStrip({ agents, onOpen }: { agents: readonly string[]; onOpen: (agent: string) => void }) {
  return (
    <div className="cells" aria-hidden="true">
      {[...agents].sort().map((agent) => (
        <Cell key={agent} agent={agent} onOpen={onOpen} />
      ))}
    </div>
  );
}

const Cell = memo(function Cell({ agent, onOpen }: { agent: string; onOpen: (agent: string) => void }) {
  const { store } = useLiveSource();
  const subscribe = useCallback((listener: () => void) => store.subscribe(`agent_health/${agent}`, listener), [store, agent]);
  // Only the state: the row changes with every tick.
  const status = useSyncExternalStore(subscribe, () => store.row('agent_health', agent)?.health_status ?? 'idle');
  return <i className={`cell is-${status}`} title={`${agent}: ${HEALTH_WORD[status]}`} onClick={() => onOpen(agent)} />;
});
