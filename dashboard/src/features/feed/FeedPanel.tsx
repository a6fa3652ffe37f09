import { memo, useMemo, useRef } from 'react';
import { useTable, type ChannelEvent } from '@agentpulse/react';
import { CsvButton } from '../../components/CsvButton';
import { Empty } from '../../components/Empty';
import { Icon } from '../../components/Icon';
import { Panel } from '../../components/Panel';
import { downloadCsv, fileName } from '../../lib/csv';
import { formatCount } from '../../lib/format';
import { useReader } from '../../lib/reader';
import { useUrl, writeUrl } from '../../lib/url';
import { clockTime, isoWithOffset, useZone } from '../../lib/zone';
import { CHANNELS, describe } from './describe';
import { nextPlace } from './place';

const MOST_LINES = 60;
/** As in the style sheet. */
const LINE_PIXELS = 26;

/** What happened, newest first. It stands still under a reader, and says how much waits. */
export function FeedPanel() {
  const events = useTable('channel_event');
  const filter = useUrl('feed');
  const zone = useZone();
  const frozen = useRef<readonly ChannelEvent[]>([]);
  const newest = useMemo(
    () =>
      events
        .filter((event) => filter === null || event.channel === filter)
        .sort((a, b) => b.seq - a.seq)
        .slice(0, MOST_LINES),
    [events, filter],
  );
  const { reading, hold } = useReader<HTMLDivElement>(newest);
  if (!reading || frozen.current.length === 0) {
    frozen.current = newest;
  }
  const lines = reading ? frozen.current : newest;
  const place = useRef({ first: 0, lines });
  place.current = { first: nextPlace(place.current, lines), lines };
  const first = lines[0]?.seq ?? 0;
  const waiting = reading ? newest.filter((event) => event.seq > first).length : 0;
  const exportCsv = () =>
    downloadCsv(
      fileName(['feed', CHANNELS.find(({ value }) => value === filter)?.label ?? 'all', isoWithOffset(Date.now(), zone)], 'csv'),
      ['seq', 'channel', 'event', 'event_time', 'payload'],
      lines.map((event) => [event.seq, event.channel, String(event.payload.event ?? ''), isoWithOffset(event.event_time, zone), JSON.stringify(event.payload)]),
    );

  return (
    <Panel
      id="feed"
      title="Feed"
      className="feed"
      actions={
        <>
        <span className="chips" role="group" aria-label="Show">
          {CHANNELS.map((channel) => (
            <button
              key={channel.value}
              type="button"
              className="chip"
              aria-pressed={filter === channel.value}
              onClick={() => {
                frozen.current = [];
                writeUrl({ feed: filter === channel.value ? null : channel.value });
              }}
            >
              {channel.label}
            </button>
          ))}
        </span>
        <CsvButton label="Feed as CSV" onExport={exportCsv} />
        </>
      }
    >
      <div className="scroll" tabIndex={0} role="group" aria-label="Messages, newest first" {...hold}>
        {waiting > 0 && (
          <p className="feed-held">
            <em className="held">
              {formatCount(waiting)}
              {waiting === MOST_LINES ? '+' : ''} new, held while you read
            </em>
          </p>
        )}
        {lines.length === 0 ? (
          <Empty title="No message yet.">Every change that people should hear of shows up here, and stays readable for a day.</Empty>
        ) : (
          <ol className="feed-list" style={{ height: lines.length * LINE_PIXELS, transform: `translateY(${place.current.first * LINE_PIXELS}px)` }}>
            {lines.map((event, index) => (
              <Line key={event.seq} event={event} place={place.current.first - index} />
            ))}
          </ol>
        )}
      </div>
    </Panel>
  );
}

const Line = memo(function Line({ event, place }: { event: ChannelEvent; place: number }) {
  const zone = useZone();
  const { icon, tone, what, who, more } = describe(event);
  return (
    <li className={`feed-line tone-${tone}`} style={{ top: -place * LINE_PIXELS }}>
      <time className="num muted">{clockTime(event.event_time, zone)}</time>
      {icon === null ? <i className="feed-dot" /> : <Icon name={icon} />}
      <span className="feed-what">{what}</span>
      <span className="feed-who">{who}</span>
      <span className="feed-more muted" title={more}>
        {more}
      </span>
    </li>
  );
});
