import { Fragment, useCallback, useSyncExternalStore, type MouseEvent } from 'react';
import { compareTimes, useCompared, useFreshnessSelect, useLiveSource, useRow, useSelect, useTable, type Store } from '@agentpulse/react';
import { Figure } from '../components/Figure';
import { Icon } from '../components/Icon';
import { countHealth } from '../features/performance/AgentsPanel';
import { totals } from '../features/performance/totals';
import type { ChangeKind } from '../lib/change';
import { formatCount, formatDataAge, formatMillis, formatPercent, plural } from '../lib/format';
import { readUrl, writeUrl } from '../lib/url';
import { clockTime, useZone } from '../lib/zone';
import { TileChange } from './TileChange';
import { verdict, verdictInput } from './verdict';

const GLYPH = { good: 'healthy', warn: 'warning', bad: 'degraded', none: 'idle' } as const;

/** In another view the panel that a link leads to is not there yet. */
function toLivePage(event: MouseEvent, target: string): void {
  if (readUrl('view') !== null) {
    event.preventDefault();
    writeUrl({ view: null }, true);
    requestAnimationFrame(() => location.replace(target));
  }
}

export function useVerdictInput() {
  const select = useCallback((store: Store) => verdictInput(store, countHealth(store)), []);
  return useSelect(['agent_health', 'alert', 'approval_queue', 'pipeline_status'], select);
}

/** The first thing that a reader sees: one sentence, and how old it is. */
export function VerdictBar() {
  const input = useVerdictInput();
  const { tone, parts } = verdict(input);
  const sum = useSelect(['agent_performance', 'agent_health'], totals);
  return (
    <section className={`verdict is-${tone}`} id="verdict" aria-label="Verdict">
      <div className="verdict-say">
        <span className="verdict-glyph">
          <Icon name={GLYPH[tone]} />
        </span>
        <div>
          <h1>
            {parts.map((part, index) => (
              <Fragment key={part.target + part.tone + index}>
                <span>
                  <a href={part.target} className={`tone-${part.tone}`} onClick={(event) => toLivePage(event, part.target)}>
                    <Counted text={part.text} />
                  </a>
                </span>{' '}
              </Fragment>
            ))}
          </h1>
          <DataAge agents={sum.agents} />
        </div>
      </div>
      <OverviewTiles />
    </section>
  );
}

/** Four figures that say how much there is of all, each beside what it was yesterday and last week. */
function OverviewTiles() {
  const sum = useSelect(['agent_performance', 'agent_health'], totals);
  const queue = useRow('approval_queue', 'all');
  const quality = useRow('training_quality', '24h');
  const compared = useCompared();
  const change = (of: ChangeKind, now?: number) => (compared.state === 'missing' ? undefined : <TileChange of={of} answer={compared} now={now} />);
  return (
    <div className="verdict-figures">
      <Figure size="large" why={{ figure: 'total_queries', window: '1m' }} label="Queries, 1 m" value={formatCount(sum.queries)} note={change('queries')} />
      <Figure
        size="large"
        why={{ figure: 'total_latency', window: '1m' }}
        label="Latency, 1 m"
        value={formatMillis(sum.latency)}
        tone={sum.latency === null ? undefined : sum.latency > 200 ? 'bad' : sum.latency > 100 ? 'warn' : undefined}
        note={change('latency')}
      />
      <Figure size="large" why={{ figure: 'pending_count' }} label="Waiting" value={formatCount(queue?.pending_count)} tone={queue && queue.sla_breach_count > 0 ? 'bad' : undefined} note={change('waiting', queue?.pending_count)} />
      <Figure size="large" why={{ figure: 'unsafe_rate_pct', window: '24h' }} label="Unsafe, 24 h" value={formatPercent(quality?.unsafe_rate_pct)} note={change('unsafe')} />
    </div>
  );
}

/** The number in the colour of its state, the words in that of the text. */
function Counted({ text }: { text: string }) {
  const [, number, words] = /^([\d,.]+[KM]?)( .*)$/.exec(text) ?? [];
  return number === undefined ? (
    text
  ) : (
    <>
      <b>{number}</b>
      {words}
    </>
  );
}

/** Rendered four times a second at most, and alone. */
export function DataAge({ agents }: { agents: number }) {
  const zone = useZone();
  const text = useFreshnessSelect(({ ageMs, asOf, stale }) =>
    asOf === null ? 'No figures yet' : stale ? `As of ${clockTime(asOf, zone)}` : `Data ${formatDataAge(ageMs === null ? null : Math.floor(ageMs / 100) * 100)} old`,
  );
  const level = useFreshnessSelect((now) => now.level);
  const { store } = useLiveSource();
  const paused = useSyncExternalStore(
    (listener) => store.subscribe('#paused', listener),
    () => store.paused,
  );
  // Paused, the page shows what it held then, whatever has come in since.
  const held = useTable('pipeline_status').map((row) => row.as_of).sort(compareTimes)[0];
  return (
    <p className="verdict-age num">
      <span className={`age-dot is-${paused ? 'amber' : level}`} aria-hidden="true" />
      <span data-testid="data-age" data-level={level}>
        {paused && held !== undefined ? `Paused, as of ${clockTime(held, zone)}` : text}
      </span>
      {agents > 0 && <span className="muted">· {plural(agents, 'agent')}</span>}
    </p>
  );
}
