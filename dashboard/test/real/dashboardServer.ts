import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

const SUPABASE = resolve(import.meta.dirname, '../../node_modules/@supabase/supabase-js/dist/umd/supabase.js');

/** Serves a dashboard that somebody else wrote: another origin, and supabase-js as it is published. */
export class DashboardServer {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<DashboardServer> {
    const script = readFileSync(SUPABASE);
    const server = createServer((request, response) => {
      const asked = request.url?.split('?')[0];
      const [type, body] =
        asked === '/supabase.js'
          ? ['text/javascript', script]
          : asked === '/'
            ? ['text/html', '<!doctype html><title>Ours</title><link rel="icon" href="data:,"><script src="/supabase.js"></script>']
            : ['text/plain', ''];
      response.writeHead(200, { 'content-type': type }).end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new DashboardServer(server);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
