import { useCallback, useEffect, useRef, useState } from 'react';
import { useFreshnessSelect, useLiveSource, useSelect, useWithheld, type Store } from '@agentpulse/react';
import { IncidentsPanel } from '../features/alerts/IncidentsPanel';
import { QueuePanel } from '../features/approvals/QueuePanel';
import { FeedPanel } from '../features/feed/FeedPanel';
import { QualityPanel } from '../features/feedback/QualityPanel';
import { AgentsPanel } from '../features/performance/AgentsPanel';
import { AllAgentsPanel } from '../features/performance/AllAgentsPanel';
import { agentOrder, type SortKey } from '../features/performance/order';
import { PipelinePanel } from '../features/pipeline/PipelinePanel';
import { useKeys } from '../lib/keys';
import { useMedia } from '../lib/media';
import { toggleComparison } from '../lib/ranges';
import { readUrl, useUrl, writeUrl } from '../lib/url';
import { AgentDrawer } from './AgentDrawer';
import { AttentionDialog } from './AttentionDialog';
import { DemoHints } from './DemoHints';
import { FirstState } from './FirstState';
import { Header } from './Header';
import { HistoryDrawer } from './HistoryDrawer';
import { KeysDialog } from './KeysDialog';
import { Notices } from './Notices';
import { ClockHint, OutageBanner } from './OutageBanner';
import { TabState } from './TabState';
import { TvRotation } from './TvRotation';
import { DataAge, VerdictBar } from './VerdictBar';
import { useOfferedViews, useView, ViewBody, ViewNav } from './views';
import { WhyDialog } from './WhyDialog';

const EMBEDS = { agents: AgentsEmbed, queue: QueuePanel, incidents: IncidentsPanel, quality: QualityPanel, feed: FeedPanel, pipeline: PipelinePanel } as const;

/** Where there is room for lines that one can read from afar. */
const LARGE = '(min-width: 1600px) and (min-height: 1200px)';

const countAgents = (store: Store) => store.list('agent_health').length;

function AgentsEmbed() {
  return <AgentsPanel find="" />;
}

export function App() {
  const embed = /^\/embed\/(\w+)/.exec(location.pathname)?.[1];
  const first = useFreshnessSelect((now) => now.asOf === null);
  const stale = useFreshnessSelect((now) => now.stale);
  const tv = useUrl('tv') === '1';
  useEffect(() => {
    document.documentElement.classList.toggle('tv', tv);
  }, [tv]);
  if (embed !== undefined && embed in EMBEDS) {
    const Embedded = EMBEDS[embed as keyof typeof EMBEDS];
    return (
      <main className={`embed ${stale ? 'is-stale' : ''}`}>
        {first ? (
          <FirstState />
        ) : (
          <>
            <Embedded />
            <DataAge agents={0} />
          </>
        )}
        <OutageBanner />
        <WhyDialog />
        <Notices />
      </main>
    );
  }
  return <Page first={first} stale={stale} tv={tv} />;
}

function Page({ first, stale, tv }: { first: boolean; stale: boolean; tv: boolean }) {
  const withoutAlerts = useWithheld('alert');
  const withoutEvents = useWithheld('channel_event');
  const agents = useSelect(['agent_health'], countAgents);
  const { store } = useLiveSource();
  const [find, setFind] = useState('');
  const [dialog, setDialog] = useState<'keys' | 'attention' | null>(null);
  const agent = useUrl('agent');
  const history = useUrl('history');
  const view = useView();
  const offered = useOfferedViews(view);
  const large = useMedia(LARGE);
  const search = useRef<HTMLInputElement>(null);

  const order = useCallback(() => {
    const [sort, direction] = (readUrl('sort') ?? 'status.asc').split('.') as [SortKey, string];
    return agentOrder(store, sort, direction === 'desc', find, readUrl('status'));
  }, [store, find]);
  const openFirst = () => {
    const [wanted] = order();
    if (wanted !== undefined) {
      search.current?.blur();
      writeUrl({ agent: wanted }, true);
    }
  };

  useKeys((key) => {
    switch (key) {
      case ' ':
        if (store.paused) {
          store.resume();
        } else {
          store.pause();
        }
        return true;
      case '/':
        search.current?.focus();
        return true;
      case '?':
        setDialog('keys');
        return true;
      case 'c':
        toggleComparison();
        return true;
      case 'Escape':
        if (agent !== null) {
          writeUrl({ agent: null });
          return true;
        }
        if (history !== null) {
          writeUrl({ history: null });
          return true;
        }
        return false;
      case '[':
      case ']': {
        const agents = order();
        const index = agent === null ? -1 : agents.indexOf(agent);
        const next = agents[index + (key === ']' ? 1 : -1)];
        if (agent !== null && next !== undefined) {
          writeUrl({ agent: next });
          return true;
        }
        return false;
      }
      default:
        return false;
    }
  });

  return (
    <>
      <a className="skip" href="#verdict">
        To the verdict
      </a>
      <Header find={find} onFind={setFind} onEnter={openFirst} search={search} onKeys={() => setDialog('keys')} onSettings={() => setDialog('attention')} middle={!first && <DemoHints />} views={!first && !tv && <ViewNav view={view} offered={offered} className="wide-views" />} />
      {first ? (
        <main>
          <FirstState />
        </main>
      ) : (
        <main className={`page ${stale ? 'is-stale' : ''}`}>
          <VerdictBar />
          {view !== null ? (
            <ViewBody name={view} />
          ) : (
          <div className="grid">
            <div className="column column-first">
              {!withoutAlerts && <IncidentsPanel />}
              <QueuePanel />
            </div>
            <div className="column column-middle">
              {tv && <TvRotation />}
              <AgentsPanel find={find} />
              {agents > 0 && <AllAgentsPanel heights={tv ? [140, 0] : large ? [300, 132] : [136, 72]} />}
            </div>
            <div className="column column-last">
              <QualityPanel />
              {!withoutEvents && <FeedPanel />}
              <PipelinePanel />
            </div>
          </div>
          )}
          {!tv && <ViewNav view={view} offered={offered} className="narrow-views" />}
        </main>
      )}
      {agent !== null && !first && <AgentDrawer key={agent} agent={agent} />}
      {agent === null && history !== null && !first && <HistoryDrawer key={history} of={history} />}
      {dialog === 'keys' && <KeysDialog onClose={() => setDialog(null)} />}
      {dialog === 'attention' && <AttentionDialog onClose={() => setDialog(null)} />}
      <OutageBanner />
      <ClockHint />
      <WhyDialog />
      <Notices />
      <TabState />
    </>
  );
}
