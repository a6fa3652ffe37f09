// Fails the build when the page outgrows its budget: what the first view loads, compressed as servers send it.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const FIRST_VIEW_KB = 183;
const LATER_KB = 45;

const assets = new URL('../dist/assets/', import.meta.url);
const read = (name) => readFileSync(new URL(name, assets));
const names = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name));

/** What the page names itself: the entry, and what it imports at once. */
const page = readFileSync(new URL('../dist/index.html', import.meta.url), 'utf8');
const first = new Set([...page.matchAll(/(?:src|href)="\/assets\/([^"]+\.(?:js|css))"/g)].map(([, name]) => name));

const kilobytes = (some) => some.reduce((sum, name) => sum + gzipSync(read(name)).length / 1_024, 0);

const budgets = [
  ['script and style of the first view', kilobytes([...first]), FIRST_VIEW_KB],
  ['charts and views, loaded after it', kilobytes(names.filter((name) => !first.has(name))), LATER_KB],
];
for (const [what, size, most] of budgets) {
  console.log(`${what}: ${size.toFixed(1)} kB gzip of at most ${most}`);
  if (size > most) {
    process.exitCode = 1;
  }
}
