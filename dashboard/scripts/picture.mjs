// Takes the picture of the README from a demo that runs: node scripts/picture.mjs http://127.0.0.1:8090 ../docs/images/page.png
// Options after those: WIDTHxHEIGHT and light or dark.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [address = 'http://127.0.0.1:8090', file = '../docs/images/page.png', size = '1280x720', colorScheme = 'light'] =
  process.argv.slice(2);
const [width, height] = size.split('x').map(Number);
const executablePath = [process.env.AGENTPULSE_CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (place) => place !== '' && existsSync(place),
);
if (!executablePath) {
  throw new Error('There is no Chromium: apt install chromium (Debian), or point AGENTPULSE_CHROMIUM at one.');
}
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  page.on('pageerror', (error) => console.error(error.message));
  page.on('console', (message) => message.type() === 'error' && console.error(message.text()));
  await page.goto(address);
  await page.waitForSelector('.agent');
  // Long enough for sparklines to have a line.
  await page.waitForTimeout(15_000);
  await page.screenshot({ path: file });
} finally {
  await browser.close();
}
