import { useState } from 'react';
import { useFreshnessSelect, useLink, useLiveSource, type OutageCause } from '@agentpulse/react';
import { Icon } from '../components/Icon';
import { useConfig } from '../config/context';
import { OUTAGE } from './outage';

/** Before the first figures: what is missing, and who does what next. */
export function FirstState() {
  const cause = useFreshnessSelect((now) => now.cause) as OutageCause | null;
  const { message } = useLink();
  const config = useConfig();
  const shown = cause ?? 'starting';
  const { title, todo } = OUTAGE[shown];
  const waiting = shown === 'starting' || shown === 'empty';
  return (
    <div className="first" data-cause={shown}>
      <div className={`first-mark ${waiting ? 'is-waiting' : ''}`}>
        <Icon name={waiting ? 'clock' : shown === 'denied' ? 'info' : 'degraded'} />
      </div>
      <h1>{title}</h1>
      <p>{todo}</p>
      {message !== null && <p className="first-message">{message}</p>}
      {shown === 'denied' && config.signIn && <SignIn />}
      {!waiting && <p className="muted">The page reads from {config.url}</p>}
    </div>
  );
}

function SignIn() {
  const live = useLiveSource();
  const [error, setError] = useState('');
  const submit = async (data: FormData) => {
    const email = String(data.get('email'));
    const password = String(data.get('password'));
    const { error: refused } = await live.client.auth.signInWithPassword({ email, password });
    setError(refused?.message ?? '');
    if (!refused) {
      live.read();
    }
  };
  return (
    <form className="form" action={submit}>
      <label>
        E-mail
        <input name="email" type="email" autoComplete="username" required />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      {error !== '' && (
        <p className="tone-bad" role="alert">
          {error}
        </p>
      )}
      <button type="submit" className="button primary">
        Sign in
      </button>
    </form>
  );
}
