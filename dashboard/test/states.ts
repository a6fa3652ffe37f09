import type { Visit, VisitOptions } from './visits';

/** A state that the page can be in, and what brings it there. */
export interface State {
  name: string;
  options: VisitOptions;
  /** After the page has been loaded. */
  reach?: (visit: Visit) => Promise<unknown>;
  /** Whether there are figures, so that the trend comes. */
  figures: boolean;
  /** Only another number of the same things: worth a picture, but no test of its own. */
  variant?: boolean;
}

const TROUBLE = { agents: 12, degraded: 2, warning: 1, idle: 1, pending: [1_012, 431, 322, 262, 190, 121, 74, 40, 22, 5], unsafe: 1 };
const DENIED = { status: 401, code: '42501', message: 'permission denied for schema agentpulse' };

function stopped(name: string, cause: string, stop: (visit: Visit) => unknown): State {
  return {
    name: `outage-${name}`,
    options: { world: TROUBLE },
    figures: true,
    reach: async (visit) => {
      await visit.page.waitForSelector('.trend .time-chart');
      visit.server.halt();
      await stop(visit);
      await visit.page.waitForSelector(`.banner[data-cause=${cause}]`);
      await visit.page.waitForSelector('main.is-stale');
    },
  };
}

export const STATES: readonly State[] = [
  { name: 'calm', options: { world: { agents: 12, pending: [44, 12] } }, figures: true, variant: true },
  { name: 'trouble', options: { world: TROUBLE }, figures: true },
  { name: 'three', options: { world: { agents: 3, pending: [12] } }, figures: true, variant: true },
  { name: 'thirty', options: { world: { ...TROUBLE, agents: 30, degraded: 3, warning: 4 } }, figures: true, variant: true },
  { name: 'hundred', options: { world: { ...TROUBLE, agents: 100, degraded: 5, warning: 9, idle: 7 } }, figures: true },
  {
    name: 'taken',
    options: { world: TROUBLE },
    figures: true,
    reach: async ({ page }) => {
      await page.click('.incident .button:has-text("Acknowledge") >> nth=0');
      await page.waitForSelector('.incident.is-taken');
    },
  },
  {
    name: 'withheld',
    options: {
      world: TROUBLE,
      prepare: (server) => {
        server.config.gateway = false;
        server.withheld = new Set(['alert', 'channel_event', 'annotator_activity', 'approval_queue.*']);
      },
    },
    figures: true,
  },
  { name: 'catching-up', options: { world: { ...TROUBLE, backlog: true } }, figures: true },
  { name: 'no-agents', options: { world: { agents: 0 } }, figures: false },
  { name: 'empty', options: { world: { empty: true }, tick: 0, waitFor: '.first[data-cause=empty]' }, figures: false },
  {
    name: 'starting',
    options: {
      world: TROUBLE,
      waitFor: '.first[data-cause=starting]',
      prepare: async (server, page) => {
        Object.assign(server, { hangs: true, realtime: false });
        // A first read that takes ten seconds is an outage, another state.
        await page.addInitScript('{ const real = AbortSignal.timeout.bind(AbortSignal); AbortSignal.timeout = (millis) => real(Math.max(millis, 600_000)); }');
      },
    },
    figures: false,
  },
  { name: 'denied', options: { waitFor: '.first[data-cause=denied]', prepare: (server) => void (server.failure = DENIED) }, figures: false },
  stopped('job', 'job', () => undefined),
  stopped('database', 'database', ({ server }) => {
    server.failure = { status: 503, code: 'PGRST001', message: 'Database connection error. Retrying the connection.' };
    server.dropSockets();
  }),
  stopped('gateway', 'gateway', ({ server }) => server.stop()),
];

/** What the browser itself reports of a server that refuses or is gone. */
export const EXPECTED_ERRORS = /40[13]|503|WebSocket|ERR_CONNECTION|ERR_EMPTY_RESPONSE/;
