/** What the page has to know before it can ask for anything: from /config.json, else from VITE_ variables of the build. */
export interface Config {
  url: string;
  anonKey: string;
  schema: string;
  /** A demonstration: only then may ?demo show hints. */
  demo: boolean;
  /** What whoever looks at a demonstration may act with; a real deployment has people sign in. */
  token?: string;
  /** The server is AgentPulse's gateway: it takes acknowledgements with the name of the token. */
  gateway: boolean;
  /** People sign in with e-mail and password, as at Supabase. */
  signIn: boolean;
  slaSeconds: number;
  links: { conversation?: string };
}

export class ConfigError extends Error {}

const DEFAULT_SLA_SECONDS = 300;

export async function loadConfig(): Promise<Config> {
  const env = import.meta.env as Record<string, string | undefined>;
  let served: Record<string, unknown> = {};
  try {
    const response = await fetch(new URL('/config.json', location.origin), { cache: 'no-store' });
    if (response.ok && response.headers.get('content-type')?.includes('json')) {
      served = (await response.json()) as Record<string, unknown>;
    }
  } catch {
    // Nothing is served: the build's own variables may do.
  }
  return checkConfig({
    url: env.VITE_AGENTPULSE_URL,
    anonKey: env.VITE_AGENTPULSE_ANON_KEY,
    signIn: env.VITE_AGENTPULSE_SIGN_IN === 'true',
    ...served,
  });
}

export function checkConfig(raw: Record<string, unknown>): Config {
  const { url, anonKey } = raw;
  if (typeof url !== 'string' || typeof anonKey !== 'string' || anonKey === '') {
    throw new ConfigError(
      'The page does not know where its figures are: /config.json has no url and anonKey, and the build had no ' +
        'VITE_AGENTPULSE_URL and VITE_AGENTPULSE_ANON_KEY.',
    );
  }
  const links = (raw.links ?? {}) as Record<string, unknown>;
  const conversation = links.conversation;
  return {
    // An empty or relative address means the server that the page came from.
    url: new URL(url, location.origin).href.replace(/\/$/, ''),
    anonKey,
    schema: typeof raw.schema === 'string' ? raw.schema : 'agentpulse',
    demo: raw.demo === true,
    ...(raw.demo === true && typeof raw.token === 'string' ? { token: raw.token } : {}),
    gateway: raw.gateway === true,
    signIn: raw.signIn === true,
    slaSeconds: typeof raw.slaSeconds === 'number' && raw.slaSeconds > 0 ? raw.slaSeconds : DEFAULT_SLA_SECONDS,
    links: typeof conversation === 'string' && isLink(conversation) ? { conversation } : {},
  };
}

/** Only addresses of pages: a template must not become a script. */
function isLink(template: string): boolean {
  return /^(https?:\/\/|\/(?!\/))/.test(template);
}

export function conversationLink(config: Config, conversationId: string | null): string | null {
  const template = config.links.conversation;
  return template && conversationId !== null
    ? template.replaceAll('{conversation_id}', encodeURIComponent(conversationId))
    : null;
}
