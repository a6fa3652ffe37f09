import { useEffect, useRef } from 'react';
import { useFreshnessSelect, useSelect, useWithheld, type Store } from '@agentpulse/react';
import { groupIncidents } from '../features/alerts/incidents';
import { notices, sound } from './attention';
import { openCount, verdict } from './verdict';
import { useVerdictInput } from './VerdictBar';

const COLOR = { good: '#009e73', warn: '#e69f00', bad: '#d55e00', none: '#7a8494' };
/** A shape of its own for each state, for a tab is small. */
const SHAPE = {
  good: '<circle cx="16" cy="16" r="13"/>',
  warn: '<path d="M16 3 30 29H2Z"/>',
  bad: '<path d="M10 2h12l8 8v12l-8 8H10l-8-8V10Z"/>',
  none: '<circle cx="16" cy="16" r="10" fill="none" stroke-width="6" stroke="#7a8494"/>',
};

export function favicon(tone: keyof typeof COLOR, count: number): string {
  const text = count > 99 ? '99' : String(count);
  const label = count > 0 ? `<text x="16" y="22.5" font-family="sans-serif" font-weight="700" font-size="${text.length > 1 ? 16 : 19}" text-anchor="middle" fill="#fff">${text}</text>` : '';
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="${COLOR[tone]}">${SHAPE[tone]}${label}</svg>`)}`;
}

/** As many as the list of incidents has that nobody has taken. */
const countUntaken = (store: Store) => groupIncidents(store.list('alert').filter(({ status }) => status === 'open')).length;

/** The tab says how things are while nobody looks at the page. */
export function TabState() {
  const input = useVerdictInput();
  const stale = useFreshnessSelect((now) => now.stale);
  const first = useFreshnessSelect((now) => now.asOf === null);
  const { tone, parts } = verdict(input);
  const all = openCount(input);
  const untaken = useSelect(['alert'], countUntaken);
  const count = useWithheld('alert') ? all : untaken;
  const text = parts[0]?.text ?? 'AgentPulse';
  const before = useRef<number | null>(null);
  useEffect(() => {
    document.title = first ? 'AgentPulse' : stale ? `Old figures · AgentPulse` : `${count > 0 ? `(${count}) ` : ''}${text} · AgentPulse`;
    const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
    if (icon) {
      icon.href = favicon(stale ? 'none' : tone, stale ? 0 : count);
    }
  }, [count, text, tone, stale, first]);
  useEffect(() => {
    if (before.current !== null && all > before.current) {
      alarm(text);
    }
    before.current = all;
  }, [all, text]);
  return null;
}

function alarm(text: string): void {
  if (sound.get() === 'on') {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = 660;
    gain.gain.setValueAtTime(0.08, audio.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.35);
    tone.connect(gain).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.36);
    tone.onended = () => void audio.close();
  }
  if (notices.get() === 'on' && document.hidden && 'Notification' in window && Notification.permission === 'granted') {
    new Notification('AgentPulse', { body: text, tag: 'agentpulse' });
  }
}
