import { expect, test } from 'vitest';
import { browserVisits, seriousFindings, shot, type VisitOptions } from './harness';

const visit = browserVisits();

const TROUBLE = { agents: 12, degraded: 2, warning: 1, idle: 1, pending: [1_012, 431, 322, 262, 190, 121, 74, 40, 22, 5], unsafe: 1 };
const SIZES = { desktop: { width: 1280, height: 720 }, wide: { width: 1920, height: 1080 }, phone: { width: 360, height: 740 } };
const DENIED = { status: 401, code: '42501', message: 'permission denied for schema agentpulse' };

const STATES: [string, VisitOptions][] = [
  ['calm', { world: { agents: 12, pending: [44, 12] } }],
  ['trouble', { world: TROUBLE }],
  ['three', { world: { agents: 3, pending: [12] } }],
  ['thirty', { world: { ...TROUBLE, agents: 30, degraded: 3, warning: 4 } }],
  ['hundred', { world: { ...TROUBLE, agents: 100, degraded: 5, warning: 9, idle: 7 } }],
  ['empty', { world: { empty: true }, tick: 0, waitFor: '.first[data-cause=empty]' }],
  ['no-agents', { world: { agents: 0 } }],
  ['denied', { waitFor: '.first[data-cause=denied]', prepare: (server) => void (server.failure = DENIED) }],
];

test.each(STATES)(
  '%s: no serious finding of axe and no sideways scroll, at three sizes, light and dark',
  async (name, options) => {
    const { page, errors, close } = await visit({ ...options });
    if (options.waitFor === undefined && name !== 'no-agents') {
      // The trend has two points.
      await page.waitForSelector('.trend .time-chart', { timeout: 30_000 });
    }
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize(viewport);
        await page.waitForTimeout(300);
        await shot(page, `${name}-${size}-${colorScheme}`);
        if (size !== 'wide') {
          await shot(page, `${name}-${size}-${colorScheme}-all`, true);
        }
        expect(await seriousFindings(page), `${size}, ${colorScheme}`).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow, `${size}, ${colorScheme}`).toBeLessThanOrEqual(0);
      }
    }
    expect(errors.filter((error) => !/401|WebSocket/.test(error))).toEqual([]);
    await close();
  },
  240_000,
);
