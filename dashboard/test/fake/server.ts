import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import { RESULT_TABLES } from '../../packages/react/src/tables';
import type { World } from './world';

const TYPES: Record<string, string> = {
  '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2',
};
const DIST = resolve(import.meta.dirname, '../../dist');
/** The policy that the gateway sends with the page. */
export const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; frame-ancestors 'self'";

interface Channel {
  socket: WebSocket;
  joinRef: string;
  topic: string;
  bindings: { id: number; table: string; event: string }[];
  live: boolean;
  send: (message: unknown) => void;
}

/**
 * The page, and as much of Supabase's endpoints as it asks for: a fixture to look at the page's states, and no proof of
 * any server's behaviour.
 */
export class FakeServer {
  private server: Server | null = null;
  private sockets = new Set<Socket>();
  private channels = new Set<Channel>();
  private stopListening: () => void = () => undefined;
  private ticking: ReturnType<typeof setInterval> | undefined;
  port = 0;
  config: Record<string, unknown> = { demo: false, links: { conversation: '/tool/{conversation_id}' } };
  /** What REST answers instead of rows. */
  failure: { status: number; code: string; message: string } | null = null;
  /** What this visitor may not read, as "table" or, where only some columns are refused, "table.*". */
  withheld = new Set<string>();
  /** Tables whose statement is cancelled because it takes too long. */
  tooSlow = new Set<string>();
  /** REST is asked and never answers. */
  hangs = false;
  realtime = true;
  /** Whether it has the tables of history, as the gateway of this version has. */
  history = true;
  /** Milliseconds between a join and the message that changes flow. */
  systemDelay = 50;
  requests = 0;
  historyRequests = 0;
  /** How often REST was asked for each table. */
  readonly asked = new Map<string, number>();
  acknowledged: string[] = [];

  constructor(public world: World) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.handle(request, response));
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      if (!this.realtime || this.failure) {
        socket.destroy();
        return;
      }
      sockets.handleUpgrade(request, socket, head, (webSocket) => this.accept(webSocket, new URL(request.url ?? '/', this.url).searchParams.get('batch') === '1'));
    });
    await new Promise<void>((done) => server.listen(this.port, '127.0.0.1', done));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    this.follow();
  }

  private follow(): void {
    this.stopListening();
    this.stopListening = this.world.listen((table, type, row) => this.publish(table, type, row));
  }

  become(world: World): void {
    this.world = world;
    this.follow();
  }

  run(everyMillis = 500, step: () => void = () => this.world.step(false)): void {
    this.halt();
    this.ticking = setInterval(step, everyMillis);
  }

  halt(): void {
    clearInterval(this.ticking);
  }

  async stop(): Promise<void> {
    const server = this.server;
    this.server = null;
    this.channels.clear();
    for (const socket of this.sockets) {
      socket.destroy();
    }
    await new Promise((done) => (server ? server.close(done) : done(null)));
  }

  dropSockets(): void {
    for (const { socket } of this.channels) {
      socket.terminate();
    }
    this.channels.clear();
  }

  private accept(socket: WebSocket, batches: boolean): void {
    const mine: Channel[] = [];
    let batch: unknown[] = [];
    /** As the gateway does: what comes together is one frame, for those who ask for that. */
    const send = (message: unknown) => {
      if (!batches) {
        socket.send(JSON.stringify(message));
      } else if (batch.push(message) === 1) {
        queueMicrotask(() => {
          socket.send(JSON.stringify(batch.length === 1 ? batch[0] : batch));
          batch = [];
        });
      }
    };
    socket.on('message', (data) => {
      const [joinRef, ref, topic, event, payload] = JSON.parse(String(data)) as [string, string, string, string, JoinPayload];
      const reply = (response: object) => socket.send(JSON.stringify([joinRef, ref, topic, 'phx_reply', { status: 'ok', response }]));
      if (event === 'phx_join') {
        const bindings = payload.config.postgres_changes.map((binding, i) => ({ ...binding, id: i + 1 }));
        const channel: Channel = { socket, joinRef, topic, bindings, live: false, send };
        mine.push(channel);
        this.channels.add(channel);
        reply({ postgres_changes: bindings });
        setTimeout(() => {
          channel.live = true;
          const system = { status: 'ok', extension: 'postgres_changes', channel: topic, message: 'Subscribed to PostgreSQL' };
          socket.send(JSON.stringify([joinRef, null, topic, 'system', system]));
        }, this.systemDelay);
      } else {
        for (const channel of mine.filter((each) => event === 'phx_leave' && each.topic === topic)) {
          this.channels.delete(channel);
        }
        reply({});
      }
    });
    socket.on('close', () => mine.forEach((channel) => this.channels.delete(channel)));
  }

  private publish(table: string, type: string, row: object): void {
    if (this.withheld.has(table) || this.withheld.has(`${table}.*`)) {
      return;
    }
    const columns = Object.keys(row).map((name) => ({ name, type: 'text' }));
    const record = type === 'DELETE' ? {} : row;
    const data = {
      schema: 'agentpulse', table, type, commit_timestamp: new Date(this.world.now()).toISOString(), columns, record,
      old_record: type === 'DELETE' ? row : {}, errors: null,
    };
    for (const channel of this.channels) {
      const ids = channel.bindings.filter((binding) => binding.table === table).map((binding) => binding.id);
      if (channel.live && ids.length > 0) {
        channel.send([channel.joinRef, null, channel.topic, 'postgres_changes', { ids, data }]);
      }
    }
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    response.setHeader('date', new Date(this.world.now()).toUTCString());
    if (url.pathname === '/config.json') {
      this.json(response, 200, { url: this.url, anonKey: 'anon', gateway: true, ...this.config });
    } else if (url.pathname === '/rest/v1/rpc/note_incident') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) {
        chunks.push(chunk as Buffer);
      }
      const { alert_id, text } = JSON.parse(Buffer.concat(chunks).toString()) as { alert_id: string; text: string };
      this.json(response, 200, this.world.note(alert_id, text, 'mira'));
    } else if (url.pathname.startsWith('/rest/v1/')) {
      this.requests += 1;
      this.rest(url, response);
    } else if (url.pathname.startsWith('/api/alerts/')) {
      const id = decodeURIComponent(url.pathname.split('/')[3] as string);
      this.acknowledged.push(id);
      const row = this.world.acknowledge(id, request.method === 'DELETE' ? null : 'mira');
      this.json(response, row ? 200 : 409, row ?? { message: 'It is no longer open.' });
    } else {
      this.file(url.pathname, response);
    }
  }

  private rest(url: URL, response: ServerResponse): void {
    if (this.failure) {
      const { status, code, message } = this.failure;
      this.json(response, status, { code, message, details: null, hint: null });
      return;
    }
    if (this.hangs) {
      return;
    }
    const table = url.pathname.split('/').pop() as Parameters<World['rows']>[0];
    this.asked.set(table, (this.asked.get(table) ?? 0) + 1);
    if (this.withheld.has(table) || (url.searchParams.get('select') === '*' && this.withheld.has(`${table}.*`))) {
      this.json(response, 403, { code: '42501', message: `permission denied for table ${table}`, details: null, hint: null });
      return;
    }
    if (this.tooSlow.has(table)) {
      this.json(response, 500, { code: '57014', message: 'canceling statement due to statement timeout', details: null, hint: null });
      return;
    }
    if (/history/.test(table) && !this.world.stored.has(table)) {
      this.historyRequests += 1;
      if (this.history) {
        this.json(response, 200, this.world.history(table, url.searchParams));
      } else {
        this.json(response, 404, { code: 'PGRST205', message: `Could not find the table '${table}'` });
      }
      return;
    }
    if (String(table) === 'readable_table') {
      const asked = /^in\.\((.*)\)$/.exec(url.searchParams.get('name') ?? '')?.[1]?.split(',') ?? [];
      const readable = asked.filter((name) => (this.world.stored.has(name) || RESULT_TABLES.includes(name as never)) && !this.withheld.has(name));
      this.json(response, 200, readable.map((name) => ({ name })));
      return;
    }
    const known = RESULT_TABLES.includes(table);
    if (!known && !this.world.stored.has(table)) {
      this.json(response, 404, { code: 'PGRST205', message: `Could not find the table '${table}'` });
      return;
    }
    let rows = (known ? this.world.rows(table) : this.world.stored.get(table)) as Record<string, string | number>[];
    const either = /^\(resolved_at\.is\.null,resolved_at\.gte\."(.*)"\)$/.exec(url.searchParams.get('or') ?? '')?.[1];
    if (either !== undefined) {
      rows = rows.filter(({ resolved_at }) => resolved_at === null || String(resolved_at) >= either);
    }
    for (const [column, text] of url.searchParams) {
      const [, operator, operand = ''] = /^(eq|neq|gte?|lt|in)\.(.*)$/.exec(text) ?? [];
      if (operator === 'in') {
        const listed = operand.slice(1, -1).split(',').map((each) => each.replaceAll('"', ''));
        rows = rows.filter((row) => listed.includes(String(row[column])));
      } else if (operator) {
        rows = rows.filter((row) => {
          const value = row[column] as string | number;
          if (operator === 'gte') {
            return String(value) >= operand;
          }
          if (operator === 'lt') {
            return String(value) < operand;
          }
          return operator === 'gt' ? Number(value) > Number(operand) : (String(value) === operand) === (operator === 'eq');
        });
      }
    }
    for (const term of (url.searchParams.get('order') ?? '').split(',').reverse().filter(Boolean)) {
      const [column = '', direction] = term.split('.');
      const sign = direction === 'desc' ? -1 : 1;
      rows = [...rows].sort((a, b) => ((a[column] ?? 0) < (b[column] ?? 0) ? -sign : (a[column] ?? 0) > (b[column] ?? 0) ? sign : 0));
    }
    const select = url.searchParams.get('select') ?? '*';
    if (select !== '*') {
      rows = rows.map((row) => Object.fromEntries(select.split(',').map((column) => [column, row[column] as string | number])));
    }
    const offset = Number(url.searchParams.get('offset') ?? 0);
    this.json(response, 200, rows.slice(offset, offset + Number(url.searchParams.get('limit') ?? 1_000)));
  }

  private file(path: string, response: ServerResponse): void {
    const wanted = join(DIST, path);
    const file = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(DIST, 'index.html');
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    response.setHeader('content-security-policy', POLICY);
    createReadStream(file).pipe(response);
  }

  private json(response: ServerResponse, status: number, body: object | boolean): void {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }
}

interface JoinPayload {
  config: { postgres_changes: { event: string; table: string }[] };
}
