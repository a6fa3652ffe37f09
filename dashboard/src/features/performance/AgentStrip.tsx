import { memo } from 'react';
import { useRow } from '@agentpulse/react';
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
  const status = useRow('agent_health', agent)?.health_status ?? 'idle';
  return <i className={`cell is-${status}`} title={`${agent}: ${HEALTH_WORD[status]}`} onClick={() => onOpen(agent)} />;
});
