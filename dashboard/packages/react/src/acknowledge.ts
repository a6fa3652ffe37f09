import type { GatewayAddress } from './link';
import type { LiveSource } from './live';

export type AcknowledgeResult =
  | { ok: true; by: string | null }
  /** taken: somebody was faster, or it is resolved or gone; denied: no right. */
  | { ok: false; reason: 'taken' | 'denied' | 'failed'; message: string };

/**
 * Notes who looks after an open alert, or takes that back. The name comes from the token and nowhere else: at the gateway
 * by its own address, at Supabase by the functions of schema agentpulse.
 */
export async function acknowledgeAlert(live: LiveSource, alertId: string, options: { undo?: boolean } = {}): Promise<AcknowledgeResult> {
  const undo = options.undo === true;
  const taken = undo ? 'It is not acknowledged.' : 'It is no longer open.';
  const result = await (live.gateway
    ? actByGateway(live.gateway, `/api/alerts/${encodeURIComponent(alertId)}/acknowledge`, undo ? 'DELETE' : 'POST', null, taken)
    : actByFunction(live, undo ? 'unacknowledge_alert' : 'acknowledge_alert', { alert_id: alertId }, taken));
  return result.ok && undo ? { ok: true, by: null } : result;
}

export async function actByGateway(address: GatewayAddress, path: string, method: string, body: object | null, taken: string): Promise<AcknowledgeResult> {
  try {
    const token = await address.token();
    const response = await fetch(address.url + path, {
      method,
      headers: { apikey: address.anonKey, authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer = (await response.json().catch(() => ({}))) as { message?: string; acknowledged_by?: string } | boolean;
    if (answer === false) {
      return { ok: false, reason: 'taken', message: taken };
    }
    const { message = `The gateway answered ${response.status}.`, acknowledged_by = null } = answer === true ? {} : answer;
    if (response.ok) {
      return { ok: true, by: acknowledged_by };
    }
    if (response.status === 401 || response.status === 403) {
      return { ok: false, reason: 'denied', message };
    }
    // What has a body is a function, which answers 404 where there is none.
    return { ok: false, reason: !body && (response.status === 409 || response.status === 404) ? 'taken' : 'failed', message };
  } catch (error) {
    return failed(error);
  }
}

export async function actByFunction(live: LiveSource, name: string, call: object, taken: string): Promise<AcknowledgeResult> {
  try {
    const { data, error, status } = await live.client.schema(live.schema).rpc(name, call);
    if (error) {
      const denied = status === 401 || status === 403 || error.code === '42501';
      return { ok: false, reason: denied ? 'denied' : 'failed', message: error.message };
    }
    return data ? { ok: true, by: await live.userName() } : { ok: false, reason: 'taken', message: taken };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): AcknowledgeResult {
  return { ok: false, reason: 'failed', message: error instanceof Error ? error.message : String(error) };
}
