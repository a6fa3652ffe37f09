import { useSyncExternalStore } from 'react';
import { readUrl, subscribeUrl, writeUrl } from './url';
import { setting } from './settings';

const saved = setting('zone', 'local');

/** local, UTC, or a name of the zone database; from the address, else as it was left. */
export function zoneChoice(): string {
  const choice = readUrl('tz') ?? saved.get();
  return isZone(choice) ? choice : 'local';
}

export function chooseZone(choice: string): void {
  saved.set(choice);
  writeUrl({ tz: choice === 'local' ? null : choice });
}

/** Asked once: the answer takes a while and every line of the feed wants it. */
const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function zoneName(choice: string): string {
  return choice === 'local' ? localZone : choice;
}

/** The choice is in the address and is kept; local is not written to the address, so that choosing it may change only what is kept. */
function subscribeChoice(listener: () => void): () => void {
  const leave = [subscribeUrl(listener), saved.subscribe(listener)];
  return () => leave.forEach((each) => each());
}

export function useZoneChoice(): string {
  return useSyncExternalStore(subscribeChoice, zoneChoice);
}

export function useZone(): string {
  return zoneName(useZoneChoice());
}

export function isZone(choice: string): boolean {
  if (choice === 'local') {
    return true;
  }
  try {
    Intl.DateTimeFormat('en', { timeZone: choice });
    return true;
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...options });
  formats.set(key, known);
  return known;
}

/** 13:04:07 */
export function clockTime(time: number | string, zone: string): string {
  return format(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(time));
}

/** 25 Nov, 13:04:07 */
export function dayAndTime(time: number | string, zone: string): string {
  const options = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
  return format(zone, options).format(new Date(time));
}

/** 25 Nov, 13:04 */
export function dayAndMinute(time: number | string, zone: string): string {
  return format(zone, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(new Date(time));
}

/** 25 Nov */
export function dayOf(time: number | string, zone: string): string {
  return format(zone, { day: 'numeric', month: 'short' }).format(new Date(time));
}

/** 13:00, and 25 Nov where a day begins. */
export function tickTime(time: number, zone: string): string {
  const clock = format(zone, { hour: '2-digit', minute: '2-digit' }).format(new Date(time));
  return clock === '00:00' ? dayOf(time, zone) : clock;
}

/** ISO 8601 with the zone's offset at that moment: 2026-03-29T03:00:00.000+02:00, for files. */
export function isoWithOffset(time: number | string, zone: string): string {
  const date = new Date(time);
  const parts = Object.fromEntries(
    format(zone, {
      year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
      fractionalSecondDigits: 3, timeZoneName: 'longOffset',
    })
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  );
  const offset = (parts.timeZoneName ?? 'GMT').replace('GMT', '') || '+00:00';
  const { year, month, day, hour, minute, second, fractionalSecond } = parts;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${fractionalSecond}${offset}`;
}
