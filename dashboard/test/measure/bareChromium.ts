import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { requireChromium } from '../../scripts/chromium.mjs';
import { FLAGS } from '../chromium';

type Params = Record<string, unknown>;

const LOOK_EVERY_MS = 250;

export interface BarePage {
  browser: <R>(method: string, params?: Params) => Promise<R>;
  page: <R>(method: string, params?: Params) => Promise<R>;
  on: (method: string, listener: (params: Params) => void) => void;
  /** Another page of the browser, as large and as visible; it goes with the browser. */
  open: (url: string) => Promise<BarePage>;
  /** Of the browser, with all its pages. */
  close: () => Promise<void>;
}

/** What a function says that runs in the page, or what it promises. */
export async function run<A, R>({ page }: BarePage, script: (argument: A) => R | Promise<R>, argument: A): Promise<R> {
  const expression = `(${script})(${JSON.stringify(argument)})`;
  // While a page goes to another address there is no result.
  const { result, exceptionDetails } = await page<{ result?: { value: R }; exceptionDetails?: { exception?: { description?: string } } }>('Runtime.evaluate', {
    expression,
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails) {
    throw new Error(exceptionDetails.exception?.description ?? 'The page threw.');
  }
  return result?.value as R;
}

/** The first answer of the function that is not false, 0 or nothing. */
export async function until<A, R>(page: BarePage, script: (argument: A) => R, argument: A, withinMs = 60_000): Promise<R> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await run(page, script, argument);
    if (answer) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`Not so within ${withinMs} ms: ${script}, of ${JSON.stringify(argument)}`);
    }
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  }
}

/**
 * A page in a browser that nobody watches. Playwright listens to the network of its pages, for which the page's own main
 * thread writes each message of its socket down once more; here it does only what is asked for.
 */
export async function openBare(url: string): Promise<BarePage> {
  const folder = mkdtempSync(join(tmpdir(), 'agentpulse-chromium-'));
  const flags = [...FLAGS, '--headless', '--hide-scrollbars', '--window-size=1280,720', '--remote-debugging-port=0', `--user-data-dir=${folder}`];
  const chromium = spawn(requireChromium(), [...flags, url], { stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await new Promise<string>((found) => {
    createInterface(chromium.stderr).on('line', (line) => {
      const [, said] = /^DevTools listening on (ws:.*)$/.exec(line) ?? [];
      if (said) {
        found(said);
      }
    });
  });
  const socket = new WebSocket(address, { perMessageDeflate: false, maxPayload: 1 << 28 });
  await once(socket, 'open');
  let asked = 0;
  const answers = new Map<number, (result: Params) => void>();
  const listeners = new Map<string, (params: Params) => void>();
  socket.on('message', (data) => {
    const { id, result, method, params } = JSON.parse(String(data)) as { id?: number; result?: Params; method?: string; params: Params };
    if (id !== undefined) {
      answers.get(id)?.(result ?? {});
      answers.delete(id);
    } else if (method) {
      listeners.get(method)?.(params);
    }
  });
  const ask = <R>(method: string, params: Params = {}, sessionId?: string): Promise<R> => {
    asked += 1;
    const id = asked;
    socket.send(JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) }));
    return new Promise((answered) => answers.set(id, answered as (result: Params) => void));
  };
  const { targetInfos } = await ask<{ targetInfos: { type: string; targetId: string }[] }>('Target.getTargets');
  const targetId = targetInfos.find(({ type }) => type === 'page')?.targetId;
  const close = async () => {
    const gone = once(chromium, 'exit');
    void ask('Browser.close');
    await gone;
    socket.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const attach = async (target: string | undefined): Promise<BarePage> => {
    const { sessionId } = await ask<{ sessionId: string }>('Target.attachToTarget', { targetId: target, flatten: true });
    return {
      browser: (method, params) => ask(method, params),
      page: (method, params) => ask(method, params, sessionId),
      on: (method, listener) => void listeners.set(method, listener),
      open: async (address) => attach((await ask<{ targetId: string }>('Target.createTarget', { url: address, newWindow: true })).targetId),
      close,
    };
  };
  return attach(targetId);
}
