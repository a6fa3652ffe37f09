import type { SupabaseClient } from '@supabase/supabase-js';
import type { ServerClock } from './clock';
import type { OutageCause } from './freshness';
import type { Store } from './store';
import type { ResultTable } from './tables';

export interface Link {
  /** How figures come in now. */
  mode: 'starting' | 'live' | 'polling' | 'down';
  cause: OutageCause | null;
  /** What the server said, for people who mend it. */
  message: string | null;
  /** Rows received through the socket. */
  received: number;
  /** Tables that may not be read here, whole or in part. */
  withheld: readonly ResultTable[];
}

export interface LiveOptions {
  client: SupabaseClient;
  clock: ServerClock;
  store?: Store;
  /** The schema of the result tables. */
  schema?: string;
  /** Where AgentPulse's own gateway answers; left out at Supabase. */
  gateway?: GatewayAddress;
}

export interface GatewayAddress {
  url: string;
  anonKey: string;
  /** The token that says who acts. */
  token: () => Promise<string>;
}
