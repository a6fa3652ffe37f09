import type { SupabaseClient } from '@supabase/supabase-js';
import { createContext, createElement, useContext, useEffect, useRef, type ReactNode } from 'react';
import type { ServerClock } from './clock';
import type { GatewayAddress } from './link';
import { LiveSource } from './live';

const LiveContext = createContext<LiveSource | null>(null);

interface ProviderProps {
  client: SupabaseClient;
  clock: ServerClock;
  schema?: string;
  /** Where AgentPulse's own gateway answers: then an acknowledgement can be undone. */
  gateway?: GatewayAddress;
  children?: ReactNode;
}

/** Follows the result tables for as long as it is mounted; every hook below it shares one store and one channel. */
export function AgentPulseProvider({ client, clock, schema, gateway, children }: ProviderProps) {
  const source = useRef<LiveSource>(null);
  source.current ??= new LiveSource({ client, clock, ...(schema ? { schema } : {}), ...(gateway ? { gateway } : {}) });
  useEffect(() => {
    const live = source.current as LiveSource;
    live.start();
    return () => live.stop();
  }, []);
  return createElement(LiveContext.Provider, { value: source.current }, children);
}

/** For pages that make their own source, and for tests. */
export const LiveSourceProvider = LiveContext.Provider;

export function useLiveSource(): LiveSource {
  const source = useContext(LiveContext);
  if (!source) {
    throw new Error('There is no <AgentPulseProvider> above this component.');
  }
  return source;
}
