import type { OutageCause } from '@agentpulse/react';

export interface OutageText {
  title: string;
  todo: string;
}

/** What stands between the page and fresh figures: what it is, and who does what next. */
export const OUTAGE: Record<OutageCause, OutageText> = {
  offline: { title: 'This computer is offline', todo: 'Figures come back by themselves when the network does.' },
  gateway: { title: 'The gateway does not answer', todo: 'Check that it runs; the page tries again twice a second.' },
  database: { title: 'The database does not answer', todo: 'The gateway is up, Postgres is not: check it. The page tries again twice a second.' },
  job: { title: 'The job writes no ticks', todo: 'The database answers, and its figures stand still: look at the Flink job.' },
  denied: { title: 'No right to read', todo: 'Your key or token was refused. Sign in, or ask for the right to read schema agentpulse.' },
  missing: {
    title: 'The result tables are not there',
    todo: 'Run ./agentpulse migrate against this database. At Supabase, also expose schema agentpulse in the API settings.',
  },
  empty: { title: 'The job has not written its first tick', todo: 'It starts within seconds. If it does not, ./agentpulse preflight says what is missing.' },
  starting: { title: 'Connecting', todo: 'Waiting for the first figures.' },
};
