import { lazy, Suspense, type ComponentType } from 'react';
import { ifThere, rowsOf, usePolled } from '@agentpulse/react';
import { useUrl, writeUrl } from '../lib/url';

interface View {
  label: string;
  title: string;
  /** It is left out where none of these may be read. */
  tables: readonly string[];
  Body: ComponentType;
}

const VIEWS: Record<string, View> = {
  capacity: { label: 'Capacity', title: 'Where agents and approvals are going', tables: ['agent_trend', 'approval_forecast'], Body: lazy(() => import('../features/outlook/CapacityView')) },
  quality: { label: 'Quality', title: 'Scores as far as they can be trusted', tables: ['agent_quality', 'annotator_agreement'], Body: lazy(() => import('../features/proof/QualityView')) },
  data: { label: 'Data', title: 'Self-audit, data quality and retention', tables: ['data_quality_daily', 'audit_result', 'retention_state'], Body: lazy(() => import('../features/proof/DataView')) },
};

/** Tables come with a migration: seldom. */
const LOOK_MS = 600_000;

/** The view that the address names; null is the live page. */
export function useView(): string | null {
  const view = useUrl('view');
  return view !== null && view in VIEWS ? view : null;
}

type Offered = readonly (readonly [name: string, view: View])[];

/** The views whose tables are there and may be read, and the one that is open. */
export function useOfferedViews(view: string | null): Offered {
  const answer = usePolled(
    'views',
    async ({ client, signal }) => {
      const tables = Object.values(VIEWS).flatMap((each) => each.tables);
      const there = await ifThere(rowsOf<{ name: string }>(client.from('readable_table').select('name').in('name', tables).abortSignal(signal)));
      // An older database does not say so: a view whose tables are not there says it itself.
      return there === null ? tables : there.map(({ name }) => name);
    },
    LOOK_MS,
  );
  const there = answer.state === 'ready' ? answer.value : [];
  return Object.entries(VIEWS).filter(([name, { tables }]) => name === view || tables.some((table) => there.includes(table)));
}

/** The ways to the other views. */
export function ViewNav({ view, offered, className }: { view: string | null; offered: Offered; className: string }) {
  if (offered.length === 0) {
    return null;
  }
  return (
    <nav className={`views ${className}`} aria-label="Views">
      {[['', { label: 'Now', title: 'The live page' }] as const, ...offered].map(([name, { label, title }]) => (
        <a
          key={name}
          href={name === '' ? '/' : `/?view=${name}`}
          title={title}
          aria-current={(view ?? '') === name ? 'page' : undefined}
          onClick={(event) => {
            if (!event.metaKey && !event.ctrlKey && !event.shiftKey) {
              event.preventDefault();
              writeUrl({ view: name === '' ? null : name, of: null, agent: null, history: null }, true);
              scrollTo(0, 0);
            }
          }}
        >
          {label}
        </a>
      ))}
    </nav>
  );
}

export function ViewBody({ name }: { name: string }) {
  const { Body } = VIEWS[name] as View;
  return (
    <Suspense fallback={<p className="chart-wait">Loading.</p>}>
      <Body />
    </Suspense>
  );
}
