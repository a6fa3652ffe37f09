import { test } from 'vitest';
import { STATES } from '../states';
import { browserVisits, shot } from '../visits';

const visit = browserVisits();
const SIZES = {
  phone: { width: 360, height: 740 },
  desktop: { width: 1280, height: 720 },
  wide: { width: 1920, height: 1080 },
  large: { width: 2560, height: 1440 },
};

test.each(STATES)(
  '$name, at every size, light and dark',
  async ({ name, options, reach, figures }) => {
    const visited = await visit(options);
    const { page, close } = visited;
    await reach?.(visited);
    if (figures) {
      await page.waitForSelector('.trend .time-chart');
    }
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize(viewport);
        await page.waitForTimeout(300);
        await shot(page, `${name}-${size}-${colorScheme}`);
        if (size === 'phone' || size === 'desktop') {
          await shot(page, `${name}-${size}-${colorScheme}-all`, true);
        }
      }
    }
    await close();
  },
  240_000,
);
