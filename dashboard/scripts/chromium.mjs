// Where Chromium is, for the browser tests. Run by itself, it installs one on Debian where none is, and prints its path.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const INSTALL_MILLIS = 300_000;
const HOW = `install one, with "apt install chromium" on Debian, "npx playwright-core install chromium" elsewhere, or point AGENTPULSE_CHROMIUM at one.`;

/** The path of a Chromium; null if there is none. */
export function findChromium() {
  const named = process.env.AGENTPULSE_CHROMIUM;
  if (named) {
    // What somebody names must be there: another one in its stead would surprise.
    return existsSync(named) ? named : null;
  }
  return [...PLACES, chromium.executablePath()].find((place) => existsSync(place)) ?? null;
}

export function requireChromium() {
  const found = findChromium();
  if (!found) {
    throw new Error(missing());
  }
  return found;
}

function missing() {
  const named = process.env.AGENTPULSE_CHROMIUM;
  return named ? `AGENTPULSE_CHROMIUM is ${named}, but there is no such file.` : `There is no Chromium: ${HOW}`;
}

/** As root, or as somebody who becomes root without a password; never asks. */
function install() {
  const apt = '/usr/bin/apt-get';
  if (process.env.AGENTPULSE_CHROMIUM || !existsSync(apt)) {
    return;
  }
  const before = process.getuid() === 0 ? [] : ['sudo', '-n'];
  const run = (...args) => {
    const [command, ...rest] = [...before, 'env', 'DEBIAN_FRONTEND=noninteractive', apt, '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20', '-o', 'DPkg::Lock::Timeout=60', ...args];
    console.error(`Chromium is missing: apt-get ${args.join(' ')}`);
    // What apt says goes to stderr: stdout has the path only.
    return spawnSync(command, rest, { stdio: ['ignore', 2, 2], timeout: INSTALL_MILLIS }).status === 0;
  };
  if (run('-q', 'update')) {
    run('-q', 'install', '-y', '--no-install-recommends', 'chromium');
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (!findChromium()) {
    install();
  }
  const found = findChromium();
  if (found) {
    console.log(found);
  } else {
    console.error(missing());
    process.exitCode = 1;
  }
}
