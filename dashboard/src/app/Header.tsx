import { useEffect, useSyncExternalStore, type ReactNode, type RefObject } from 'react';
import { useFreshnessSelect, useLiveSource } from '@agentpulse/react';
import { Icon } from '../components/Icon';
import { formatCount, plural } from '../lib/format';
import { useMedia } from '../lib/media';
import { notify } from '../lib/notices';
import { frozenLink } from '../lib/ranges';
import { useSetting } from '../lib/settings';
import { chooseZone, isZone, useZoneChoice } from '../lib/zone';
import { PulseLine } from './PulseLine';
import { applyTheme, theme } from './theme';

interface HeaderProps {
  find: string;
  onFind: (text: string) => void;
  onEnter: () => void;
  search: RefObject<HTMLInputElement | null>;
  onKeys: () => void;
  onSettings: () => void;
  middle: ReactNode;
  views: ReactNode;
}

export function Header({ find, onFind, onEnter, search, onKeys, onSettings, middle, views }: HeaderProps) {
  const [choice, setChoice] = useSetting(theme);
  useEffect(() => applyTheme(choice), [choice]);
  const systemDark = useMedia('(prefers-color-scheme: dark)');
  const { clock } = useLiveSource();
  const dark = choice === 'dark' || (choice === 'auto' && systemDark);
  return (
    <header className="top">
      <a className="brand" href="/" aria-label="AgentPulse">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M2 12.5h4.2l2.6-7 4.4 13 3-8 1.6 2H22" />
        </svg>
        <span>AgentPulse</span>
      </a>
      <PulseLine />
      <LiveSwitch />
      {views}
      <div className="top-space">{middle}</div>
      <label className="search">
        <Icon name="search" />
        <input
          ref={search}
          type="search"
          placeholder="Find an agent"
          aria-label="Find an agent"
          value={find}
          onChange={(event) => onFind(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              onEnter();
            } else if (event.key === 'Escape') {
              onFind('');
              event.currentTarget.blur();
            }
          }}
        />
        <kbd>/</kbd>
      </label>
      <ZoneSelect />
      <button
        type="button"
        className="icon-button"
        aria-label={dark ? 'Light colours' : 'Dark colours'}
        title={dark ? 'Light colours' : 'Dark colours'}
        onClick={() => setChoice(dark ? 'light' : 'dark')}
      >
        <Icon name={dark ? 'sun' : 'moon'} />
      </button>
      <button type="button" className="icon-button wide-only" aria-label="Copy link" title="Copy a link to this view" onClick={() => void copyLink(frozenLink(location.href, clock.now() ?? Date.now()))}>
        <Icon name="link" />
      </button>
      <button type="button" className="icon-button wide-only" aria-label="Sound and notices" title="Sound and notices" onClick={onSettings}>
        <Icon name="bell" />
      </button>
      <button type="button" className="icon-button wide-only" aria-label="Keys" title="Keys (?)" onClick={onKeys}>
        <Icon name="keyboard" />
      </button>
    </header>
  );
}

async function copyLink(link: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(link);
    notify('The link is copied: it opens this view.', undefined, 4_000);
  } catch {
    notify('The browser does not let the page copy: take the address from the address bar.', undefined, 6_000);
  }
}

function LiveSwitch() {
  const { store } = useLiveSource();
  const paused = useSyncExternalStore(
    (listener) => store.subscribe('#paused', listener),
    () => store.paused,
  );
  const waiting = useSyncExternalStore(
    (listener) => store.subscribe('#paused', listener),
    () => store.waiting,
  );
  const stale = useFreshnessSelect((now) => now.stale);
  const label = paused ? `Paused · ${plural(waiting, 'update')} waiting` : stale ? 'Not live' : 'Live';
  return (
    <button
      type="button"
      className={`live-switch ${paused ? 'is-paused' : stale ? 'is-stale' : 'is-live'}`}
      aria-pressed={paused}
      title={paused ? 'Go on (Space)' : 'Pause to read in peace (Space)'}
      aria-label={paused ? `Paused, ${formatCount(waiting)} updates waiting. Go on` : `${label}. Pause`}
      onClick={() => (paused ? store.resume() : store.pause())}
    >
      {paused ? <Icon name="play" /> : <span className="live-dot" />}
      <span className="live-label num">{label}</span>
    </button>
  );
}

const ZONES = ['UTC', 'America/Los_Angeles', 'America/New_York', 'Europe/London', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Singapore', 'Asia/Tokyo', 'Australia/Sydney'];

function ZoneSelect() {
  const choice = useZoneChoice();
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const listed = ['local', ...ZONES, ...(choice === 'local' || ZONES.includes(choice) ? [] : [choice])];
  return (
    <select
      className="zone"
      aria-label="Time zone"
      title={`Times are shown in ${choice === 'local' ? local : choice}`}
      value={choice}
      onChange={(event) => {
        const wanted = event.target.value === '+' ? (prompt('Zone, as in the zone database (Pacific/Auckland):') ?? choice) : event.target.value;
        if (isZone(wanted)) {
          chooseZone(wanted);
        } else {
          notify(`No zone is called ${wanted}.`);
        }
      }}
    >
      {listed.map((zone) => (
        <option key={zone} value={zone}>
          {zone === 'local' ? 'Local' : (zone.split('/').pop() as string).replaceAll('_', ' ')}
        </option>
      ))}
      <option value="+">Another…</option>
    </select>
  );
}
