import '@fontsource-variable/inter/wght.css';
import './styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { connect, LiveSource, LiveSourceProvider } from '@agentpulse/react';
import { App } from './app/App';
import { applyTheme, theme } from './app/theme';
import { loadConfig, type Config } from './config/config';
import { ConfigContext } from './config/context';
import { followTrail, Trail } from './lib/trail';
import { TrailContext } from './lib/trailContext';

applyTheme(theme.get());

const root = createRoot(document.getElementById('root') as HTMLElement);

/** An embedded page may bring a read-only token of its own; it stays in the fragment, which no server log sees. */
function tokenOfFragment(): string | undefined {
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined;
}

/** Asked for anew each time: a demonstration that was started again has another one. */
async function visitorToken(config: Config): Promise<string | undefined> {
  return config.token === undefined ? undefined : (await loadConfig()).token;
}

function start(config: Config): void {
  const accessToken = tokenOfFragment();
  const { client, clock } = connect({ url: config.url, anonKey: config.anonKey, gateway: config.gateway, ...(accessToken ? { accessToken } : {}) });
  const token = async () =>
    accessToken ?? (await client.auth.getSession()).data.session?.access_token ?? (await visitorToken(config)) ?? config.anonKey;
  const live = new LiveSource({
    client,
    clock,
    schema: config.schema,
    ...(config.gateway ? { gateway: { url: config.url, anonKey: config.anonKey, token } } : {}),
  });
  const trail = new Trail(live.store);
  live.start();
  followTrail(live, trail);
  root.render(
    <StrictMode>
      <ConfigContext value={config}>
        <LiveSourceProvider value={live}>
          <TrailContext value={trail}>
            <App />
          </TrailContext>
        </LiveSourceProvider>
      </ConfigContext>
    </StrictMode>,
  );
}

loadConfig().then(start, (error: unknown) => {
  root.render(
    <main className="first">
      <h1>The page is not configured</h1>
      <p>{error instanceof Error ? error.message : String(error)}</p>
    </main>,
  );
});
