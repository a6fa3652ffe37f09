import type { SupabaseClient } from '@supabase/supabase-js';
import { useEffect, useRef, useState } from 'react';
import { useLiveSource } from './context';
import { ReadError, readError } from './snapshot';

const TIMEOUT_MS = 10_000;

export type Answer<T> =
  | { state: 'reading' }
  | { state: 'ready'; value: T }
  /** It is not kept here, or not for this visitor. */
  | { state: 'missing' }
  | { state: 'failed'; message: string };

export interface ReadContext {
  client: ReturnType<SupabaseClient['schema']>;
  signal: AbortSignal;
  /** The database's time. */
  now: number;
}

/** The rows of a query, or a ReadError. */
export async function rowsOf<R>(query: PromiseLike<{ data: unknown; error: unknown; status: number }>): Promise<R[]> {
  // The client would try again for seconds: the next read is never far.
  const once = query as typeof query & { retry?: (enabled: boolean) => typeof query };
  const { data, error, status } = await (once.retry ? once.retry(false) : query);
  if (error) {
    throw readError(error as { code?: string; message?: string }, status);
  }
  return data as R[];
}

/** What is read, or null where the table is not there or not for this visitor. */
export async function ifThere<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (isMissing(error)) {
      return null;
    }
    throw error;
  }
}

/** As rowsOf, but nothing where the table is not there or not for this visitor. */
export async function rowsIfThere<R>(query: PromiseLike<{ data: unknown; error: unknown; status: number }>): Promise<R[]> {
  return (await ifThere(rowsOf<R>(query))) ?? [];
}

function isMissing(error: unknown): boolean {
  return error instanceof ReadError && (error.outage === 'denied' || error.outage === 'missing');
}

/**
 * What is read now and then and not followed; read while something shows it and the page is in sight. Another `asked` is
 * another question; until its answer is there, there is none.
 */
export function usePolled<T>(asked: string, read: (context: ReadContext) => Promise<T>, everyMillis: number): Answer<T> & { again: () => void } {
  const { client, schema, clock } = useLiveSource();
  const [answer, setAnswer] = useState<{ asked: string; answer: Answer<T> }>({ asked, answer: { state: 'reading' } });
  const latest = useRef(read);
  latest.current = read;
  const again = useRef(() => {});
  useEffect(() => {
    const abort = new AbortController();
    const show = async () => {
      const late = AbortSignal.timeout(TIMEOUT_MS);
      const signal = AbortSignal.any([abort.signal, late]);
      let found: Answer<T>;
      try {
        found = { state: 'ready', value: await latest.current({ client: client.schema(schema), signal, now: clock.now() ?? Date.now() }) };
      } catch (error) {
        found = isMissing(error) ? { state: 'missing' } : { state: 'failed', message: late.aborted ? `no answer within ${TIMEOUT_MS / 1_000} seconds` : error instanceof Error ? error.message : String(error) };
      }
      // What was read before stays while a later read fails: the page says by itself that it has no connection.
      if (!abort.signal.aborted) {
        setAnswer((last) => (found.state === 'failed' && last.asked === asked && last.answer.state === 'ready' ? last : { asked, answer: found }));
      }
    };
    const inSight = () => {
      if (globalThis.document?.hidden !== true) {
        void show();
      }
    };
    again.current = () => void show();
    void show();
    const timer = setInterval(inSight, everyMillis);
    globalThis.document?.addEventListener('visibilitychange', inSight);
    return () => {
      abort.abort();
      clearInterval(timer);
      globalThis.document?.removeEventListener('visibilitychange', inSight);
    };
  }, [client, schema, clock, asked, everyMillis]);
  const [readAgain] = useState(() => () => again.current());
  return { ...(answer.asked === asked ? answer.answer : ({ state: 'reading' } as const)), again: readAgain };
}
