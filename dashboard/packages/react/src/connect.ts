import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { ServerClock } from './clock';

export interface ConnectOptions {
  /** Address of the gateway or the Supabase project. */
  url: string;
  /** The anon (publishable) key. */
  anonKey: string;
  /** A token of one's own, for instance a read-only one of an embedded page. */
  accessToken?: string;
}

export interface Connection {
  client: SupabaseClient;
  clock: ServerClock;
}

/** A Supabase client whose answers also set the clock: every answer's Date header says what time it is there. */
export function connect({ url, anonKey, accessToken }: ConnectOptions): Connection {
  const clock = new ServerClock();
  const observed: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const date = response.headers.get('date');
    if (date) {
      clock.observe(Date.parse(date), 'http');
    }
    return response;
  };
  const client = createClient(url, anonKey, {
    global: { fetch: observed },
    // Back within two seconds of the server: 0.5 s, then every second.
    realtime: { reconnectAfterMs: (tries: number) => (tries <= 1 ? 500 : 1_000), heartbeatIntervalMs: 10_000 },
    ...(accessToken ? { accessToken: async () => accessToken } : {}),
  });
  return { client, clock };
}
