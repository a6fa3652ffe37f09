import { AgentPulseProvider, connect, useAlerts, usePipelineStatus, useRealtimeAgentMetrics } from '@agentpulse/react';
import { createRoot } from 'react-dom/client';

const { client, clock } = connect({ url: 'http://localhost:8090', anonKey: 'the key that the demo prints' });

function Agents() {
  const { agents, stale, asOf } = useRealtimeAgentMetrics('5m');
  const { ageSeconds, cause } = usePipelineStatus();
  const { alerts, acknowledge } = useAlerts('open');
  return (
    <main style={{ opacity: stale ? 0.5 : 1 }}>
      <p>{stale ? `Figures of ${asOf ?? 'no time yet'}: ${cause}` : `${ageSeconds} s old`}</p>
      {agents.map(({ agent, health_status, performance }) => (
        <p key={agent}>
          {agent} is {health_status}: p95 {performance?.p95_latency_ms ?? 'N/A'} ms of {performance?.query_count ?? 0}
        </p>
      ))}
      {alerts.map((alert) => (
        <button key={alert.alert_id} onClick={() => void acknowledge(alert.alert_id)}>
          Take on {alert.rule} of {alert.subject}
        </button>
      ))}
    </main>
  );
}

const page = createRoot(document.getElementById('root') as HTMLElement);
page.render(<AgentPulseProvider client={client} clock={clock}><Agents /></AgentPulseProvider>);
