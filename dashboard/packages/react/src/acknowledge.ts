import type { GatewayAddress } from './link';
import type { LiveSource } from './live';

export type AcknowledgeResult =
  | { ok: true; by: string | null }
  /** taken: somebody was faster, or it is resolved; denied: no right. */
  | { ok: false; reason: 'taken' | 'denied' | 'failed'; message: string };

/**
 * Notes who looks after an open alert, or takes that back. The name comes from the token and nowhere else: at the gateway
 * by its own address, at Supabase by the functions of schema agentpulse.
 */
export async function acknowledgeAlert(
  live: LiveSource,
  alertId: string,
  options: { undo?: boolean } = {},
): Promise<AcknowledgeResult> {
  const undo = options.undo === true;
  try {
    return await (live.gateway ? byGateway(live.gateway, alertId, undo) : byFunction(live, alertId, undo));
  } catch (error) {
    return { ok: false, reason: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

async function byGateway(address: GatewayAddress, alertId: string, undo: boolean): Promise<AcknowledgeResult> {
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

async function byFunction(live: LiveSource, alertId: string, undo: boolean): Promise<AcknowledgeResult> {
  const { data, error, status } = await live.client
    .schema(live.schema)
    .rpc(undo ? 'unacknowledge_alert' : 'acknowledge_alert', { alert_id: alertId });
  if (error) {
    const denied = status === 401 || status === 403 || error.code === '42501';
    return { ok: false, reason: denied ? 'denied' : 'failed', message: error.message };
  }
  if (!data) {
    return { ok: false, reason: 'taken', message: undo ? 'It is not acknowledged.' : 'It is no longer open.' };
  }
  return { ok: true, by: undo ? null : await live.userName() };
}
