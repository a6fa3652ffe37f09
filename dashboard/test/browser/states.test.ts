import { expect, test } from 'vitest';
import { EXPECTED_ERRORS, STATES } from '../states';
import { browserVisits, seriousFindings, shot } from '../visits';

const visit = browserVisits();
const LOOKS = [
  ['desktop', 'light', { width: 1280, height: 720 }],
  ['phone', 'dark', { width: 360, height: 740 }],
] as const;

test.each(STATES.filter(({ variant }) => !variant))('22 and 23: $name: no serious finding of axe and no sideways scroll', async ({ name, options, reach, figures }) => {
  const visited = await visit(options);
  const { page, errors, close } = visited;
  await reach?.(visited);
  if (figures) {
    // The trend has two points.
    await page.waitForSelector('.trend .time-chart');
  }
  for (const [size, colorScheme, viewport] of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize(viewport);
    expect(await seriousFindings(page), size).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), size).toBeLessThanOrEqual(0);
    await shot(page, `${name}-${size}-${colorScheme}`);
  }
  expect(errors.filter((error) => !EXPECTED_ERRORS.test(error))).toEqual([]);
  await close();
});
