// Fails the build when the page outgrows its budget: what the first view loads, compressed as servers send it.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const FIRST_VIEW_KB = 175;
const LATER_KB = 52;

const assets = new URL('../dist/assets/', import.meta.url);
const kilobytes = (pattern) =>
  readdirSync(assets)
    .filter((name) => pattern.test(name))
    .reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, assets))).length / 1_024, 0);

const budgets = [
  ['script and style of the first view', kilobytes(/^index-.*\.(js|css)$/), FIRST_VIEW_KB],
  ['charts and views, loaded after it', kilobytes(/^(?!index-).*\.(js|css)$/), LATER_KB],
];
for (const [what, size, most] of budgets) {
  console.log(`${what}: ${size.toFixed(1)} kB gzip of at most ${most}`);
  if (size > most) {
    process.exitCode = 1;
  }
}
