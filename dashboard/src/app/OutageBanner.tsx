import { useFreshnessSelect, useLink, useLiveSource } from '@agentpulse/react';
import { useEffect, useState } from 'react';
import { Icon } from '../components/Icon';
import { formatAge, formatElapsed } from '../lib/format';
import { clockTime, useZone } from '../lib/zone';
import { OUTAGE } from './outage';

/** Says what is wrong for as long as figures are old. Its place is kept free of the page's flow: nothing jumps. */
export function OutageBanner() {
  const zone = useZone();
  const cause = useFreshnessSelect((now) => (now.stale && now.asOf !== null ? now.cause : null));
  const asOf = useFreshnessSelect((now) => now.asOf === null ? null : Math.floor(now.asOf / 1_000) * 1_000);
  const age = useFreshnessSelect((now) => (now.ageMs === null ? '' : formatElapsed(now.ageMs)));
  const { message } = useLink();
  if (cause === null || asOf === null) {
    return null;
  }
  const { title, todo } = OUTAGE[cause];
  return (
    <div className="banner" role="alert" data-cause={cause}>
      <Icon name="degraded" />
      <p>
        <b>{title}.</b> Figures are as of <span className="num">{clockTime(asOf, zone)}</span>, <span className="num">{age}</span> old. {todo}
        {message !== null && <span className="banner-message">{message}</span>}
      </p>
    </div>
  );
}

const WRONG_CLOCK_MS = 60_000;

/** Figures follow the database's clock; a computer whose own is wrong is told so. */
export function ClockHint() {
  const { clock } = useLiveSource();
  const [ahead, setAhead] = useState<number | null>(null);
  const [closed, setClosed] = useState(false);
  useEffect(() => {
    const look = () => setAhead(clock.browserAheadMillis());
    const timer = setInterval(look, 2_000);
    return () => clearInterval(timer);
  }, [clock]);
  if (closed || ahead === null || Math.abs(ahead) < WRONG_CLOCK_MS) {
    return null;
  }
  return (
    <div className="hint" role="status">
      <Icon name="clock" />
      <p>
        This computer’s clock is {formatAge(Math.abs(ahead))} {ahead > 0 ? 'ahead of' : 'behind'} the database’s. The page
        follows the database.
      </p>
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => setClosed(true)}>
        <Icon name="close" />
      </button>
    </div>
  );
}
