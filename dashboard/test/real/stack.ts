import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { Postgres } from './postgres';

const ROOT = resolve(import.meta.dirname, '../../..');
const LOGS = resolve(import.meta.dirname, '../../test-output');
/** The first start may have to build. */
const START_MS = 300_000;
const STOP_MS = 30_000;

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Vitest's NODE_ENV would make the page that a command builds one for development, larger and slower. */
function withoutTests(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_ENV: _, ...rest } = env;
  return rest;
}

/** A command of ./agentpulse that has said that it is ready; what it prints is kept beside the pictures. */
export class Running {
  private constructor(
    readonly process: ChildProcess,
    readonly log: string,
  ) {}

  static async start(name: string, args: readonly string[], ready: RegExp, env: NodeJS.ProcessEnv = {}): Promise<Running> {
    mkdirSync(LOGS, { recursive: true });
    const log = join(LOGS, `${name}.log`);
    const out = openSync(log, 'w');
    const child = spawn(join(ROOT, 'agentpulse'), args, { cwd: ROOT, stdio: ['ignore', out, out], env: { ...withoutTests(process.env), ...env } });
    const running = new Running(child, log);
    const until = Date.now() + START_MS;
    while (!ready.test(running.printed())) {
      if (child.exitCode !== null || Date.now() > until) {
        child.kill('SIGKILL');
        throw new Error(`./agentpulse ${args.join(' ')} did not start:\n${running.printed()}`);
      }
      await new Promise((done) => setTimeout(done, 100));
    }
    return running;
  }

  printed(): string {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8') : '';
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      this.process.kill(signal);
      const late = setTimeout(() => this.process.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(late);
    }
  }
}

/** The demo as people start it: Postgres, the job, traffic, and a gateway with the page. */
export class Demo {
  private constructor(
    private readonly running: Running,
    readonly postgres: Postgres,
    private readonly pagePort: number,
  ) {}

  /** @param folder keeps the database when the demo ends; else it goes with it */
  static async start(options: readonly string[] = [], folder?: string): Promise<Demo> {
    const [postgresPort, flinkPort, pagePort] = [await freePort(), await freePort(), await freePort()];
    const ports = ['--postgres-port', postgresPort, '--flink-port', flinkPort, '--page-port', pagePort].map(String);
    const kept = folder === undefined ? [] : ['--data-dir', folder];
    const running = await Running.start('demo', ['demo', ...ports, ...kept, ...options], /^ {2}Flink UI /m);
    return new Demo(running, new Postgres(folder ?? join(ROOT, '.agentpulse/demo', String(flinkPort)), postgresPort), pagePort);
  }

  get demoUrl(): string {
    return `http://127.0.0.1:${this.pagePort}`;
  }

  printed(): string {
    return this.running.printed();
  }

  /** The job stands still, as one that hangs; traffic too. */
  freeze(): void {
    this.running.process.kill('SIGSTOP');
  }

  thaw(): void {
    this.running.process.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.running.end('SIGINT');
  }
}

/** A gateway of its own beside the demo's, so that it can be killed by itself. */
export class Gateway {
  private running: Running | null = null;

  private constructor(
    private readonly postgres: Postgres,
    readonly port: number,
    private readonly origins: readonly string[],
  ) {}

  readonly secret = randomBytes(24).toString('hex');
  readonly key = 'sb_publishable_of_the_tests';

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  static async start(postgres: Postgres, origins: readonly string[] = []): Promise<Gateway> {
    const gateway = new Gateway(postgres, await freePort(), origins);
    await gateway.start();
    return gateway;
  }

  async start(): Promise<void> {
    const keys = join(LOGS, 'keys');
    writeFileSync(keys, `anon=${this.key}\n`);
    const args = [
      'gateway', '--database-url', this.postgres.url, '--port', String(this.port), '--page', join(ROOT, 'dashboard/dist'),
      '--keys-file', keys, '--anon-key', this.key, '--source-username', 'agentpulse_capture', ...this.origins.flatMap((origin) => ['--origin', origin]),
    ];
    this.running = await Running.start('gateway', args, /answers at/, {
      AGENTPULSE_GATEWAY_JWT_SECRET: this.secret,
      AGENTPULSE_GATEWAY_PASSWORD: this.postgres.password('gateway'),
      AGENTPULSE_GATEWAY_SOURCE_PASSWORD: this.postgres.password('gateway'),
    });
  }

  async kill(): Promise<void> {
    await this.running?.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.running?.end('SIGTERM');
  }
}
