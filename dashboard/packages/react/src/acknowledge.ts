import type { LiveSource } from './live';

export type AcknowledgeResult =
  | { ok: true; by: string | null }
  /** taken: somebody was faster, or it is resolved; denied: no right; unsupported: this server has no such call. */
  | { ok: false; reason: 'taken' | 'denied' | 'unsupported' | 'failed'; message: string };

/**
 * Notes who looks after an open alert. The gateway takes the name from the token; Supabase, which has no such address,
 * is asked by the function agentpulse.acknowledge_alert with the signed-in user's name.
 */
export async function acknowledgeAlert(
  live: LiveSource,
  alertId: string,
  options: { by?: string; undo?: boolean } = {},
): Promise<AcknowledgeResult> {
  try {
    return (await byGateway(live, alertId, options.undo === true)) ?? (await byFunction(live, alertId, options));
  } catch (error) {
    return { ok: false, reason: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

/** Null where the server is not AgentPulse's gateway. */
async function byGateway(live: LiveSource, alertId: string, undo: boolean): Promise<AcknowledgeResult | null> {
  const address = live.gateway;
  if (!address) {
    return null;
  }
  const token = await address.token();
  const response = await fetch(`${address.url}/api/alerts/${encodeURIComponent(alertId)}/acknowledge`, {
    method: undo ? 'DELETE' : 'POST',
    headers: { apikey: address.anonKey, authorization: `Bearer ${token}` },
  });
  const body = (await response.json().catch(() => ({}))) as { message?: string; acknowledged_by?: string };
  const message = body.message ?? `The gateway answered ${response.status}.`;
  if (response.ok) {
    return { ok: true, by: body.acknowledged_by ?? null };
  }
  if (response.status === 401 || response.status === 403) {
    return { ok: false, reason: 'denied', message };
  }
  return { ok: false, reason: response.status === 409 || response.status === 404 ? 'taken' : 'failed', message };
}

async function byFunction(
  live: LiveSource,
  alertId: string,
  { by, undo }: { by?: string; undo?: boolean },
): Promise<AcknowledgeResult> {
  if (undo) {
    return { ok: false, reason: 'unsupported', message: 'This server cannot undo an acknowledgement.' };
  }
  const name = by ?? (await live.userName()) ?? 'dashboard';
  const { data, error, status } = await live.client
    .schema(live.schema)
    .rpc('acknowledge_alert', { alert_id: alertId, by: name });
  if (error) {
    const denied = status === 401 || status === 403 || error.code === '42501';
    return { ok: false, reason: denied ? 'denied' : 'failed', message: error.message };
  }
  return data ? { ok: true, by: name } : { ok: false, reason: 'taken', message: 'It is no longer open.' };
}
