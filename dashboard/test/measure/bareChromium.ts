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

export interface BarePage {
  browser: <R>(method: string, params?: Params) => Promise<R>;
  page: <R>(method: string, params?: Params) => Promise<R>;
  on: (method: string, listener: (params: Params) => void) => void;
  close: () => Promise<void>;
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
  const { sessionId } = await ask<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
  return {
    browser: (method, params) => ask(method, params),
    page: (method, params) => ask(method, params, sessionId),
    on: (method, listener) => void listeners.set(method, listener),
    close: async () => {
      const gone = once(chromium, 'exit');
      void ask('Browser.close');
      await gone;
      socket.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
