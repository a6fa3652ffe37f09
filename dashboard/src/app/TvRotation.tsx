import { useEffect, useRef, useState } from 'react';
import { useAgentTrend, useSelect } from '@agentpulse/react';
import { AgentFigures } from '../features/performance/AgentFigures';
import { agentOrder } from '../features/performance/order';
import { Panel } from '../components/Panel';

const TURN_MS = 10_000;

/** On a wall nobody clicks: the agents take turns, the worst first. */
export function TvRotation() {
  const order = useSelect(['agent_health'], byState);
  const [turn, setTurn] = useState(0);
  const latest = useRef(order);
  latest.current = order;
  useEffect(() => {
    const timer = setInterval(() => setTurn((before) => (before + 1) % Math.max(1, latest.current.length)), TURN_MS);
    return () => clearInterval(timer);
  }, []);
  const agent = order[turn % Math.max(1, order.length)];
  return agent === undefined ? null : (
    <Panel id="turn" title={agent} className="turn">
      <Turn agent={agent} />
    </Panel>
  );
}

function Turn({ agent }: { agent: string }) {
  const trend = useAgentTrend(agent);
  return <AgentFigures agent={agent} trend={trend.state === 'ready' ? trend.value : null} />;
}

const byState = (store: Parameters<typeof agentOrder>[0]) => agentOrder(store, 'status', false, '', null);
