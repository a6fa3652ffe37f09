import { createClient, type RealtimeClientOptions, type SupabaseClient } from '@supabase/supabase-js';
import { ServerClock } from './clock';

export interface ConnectOptions {
  /** Address of the gateway or the Supabase project. */
  url: string;
  /** The anon (publishable) key. */
  anonKey: string;
  /** A token of one's own, for instance a read-only one of an embedded page. */
  accessToken?: string;
  /** AgentPulse's own gateway answers: it sends all changes of a tick in one frame to who asks for that. */
  gateway?: boolean;
}

export interface Connection {
  client: SupabaseClient;
  clock: ServerClock;
}

type Message = [joinRef: string | null, ref: string | null, topic: string, event: string, payload: object];

/**
 * A frame of the socket is a message or, from our gateway, an array of them: two hundred messages of one tick cost a
 * browser little in one frame, and much in two hundred, each of which is a task of its own.
 */
export function messagesOf(frame: string): Message[] {
  const parsed = JSON.parse(frame) as Message | Message[];
  return Array.isArray(parsed[0]) ? (parsed as Message[]) : [parsed as Message];
}

/** A Supabase client whose answers also set the clock: every answer's Date header says what time it is there. */
export function connect({ url, anonKey, accessToken, gateway }: ConnectOptions): Connection {
  const clock = new ServerClock();
  const observed: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const date = response.headers.get('date');
    if (date) {
      clock.observe(Date.parse(date), 'http');
    }
    return response;
  };
  const batches: RealtimeClientOptions = {
    params: { batch: '1' },
    decode: (frame, take) => {
      if (typeof frame !== 'string') {
        client.realtime.serializer.decode(frame, take);
        return;
      }
      for (const [join_ref, ref, topic, event, payload] of messagesOf(frame)) {
        take({ join_ref, ref, topic, event, payload } as Parameters<typeof take>[0]);
      }
    },
  };
  const client: SupabaseClient = createClient(url, anonKey, {
    global: { fetch: observed },
    // Back within two seconds of the server: 0.5 s, then every second.
    realtime: { reconnectAfterMs: (tries: number) => (tries <= 1 ? 500 : 1_000), heartbeatIntervalMs: 10_000, ...(gateway ? batches : {}) },
    ...(accessToken ? { accessToken: async () => accessToken } : {}),
  });
  return { client, clock };
}
