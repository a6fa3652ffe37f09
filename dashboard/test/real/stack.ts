import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';

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

/** A command of ./agentpulse that runs until it is told to stop; what it prints is kept beside the pictures. */
class Running {
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

export interface Addresses {
  postgresPort: number;
  databaseUrl: string;
  demoUrl: string;
  demoKey: string;
  password(of: 'superuser' | 'gateway'): string;
}

/** The demo as people start it: Postgres, the job, traffic, and a gateway with the page. */
export class Demo implements Addresses {
  private constructor(
    private readonly running: Running,
    readonly postgresPort: number,
    private readonly flinkPort: number,
    private readonly pagePort: number,
  ) {}

  static async start(...options: string[]): Promise<Demo> {
    const [postgresPort, flinkPort, pagePort] = [await freePort(), await freePort(), await freePort()];
    const ports = ['--postgres-port', postgresPort, '--flink-port', flinkPort, '--page-port', pagePort].map(String);
    const running = await Running.start('demo', ['demo', ...ports, ...options], /^ {2}Flink UI /m);
    return new Demo(running, postgresPort, flinkPort, pagePort);
  }

  readonly demoKey = 'sb_publishable_agentpulse_demo';

  get demoUrl(): string {
    return `http://127.0.0.1:${this.pagePort}`;
  }

  get databaseUrl(): string {
    return `postgresql://127.0.0.1:${this.postgresPort}/agentpulse`;
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

  private get folder(): string {
    return join(ROOT, '.agentpulse/demo', String(this.flinkPort));
  }

  private get data(): string {
    return join(this.folder, 'postgres');
  }

  /** That of the superuser, or that of a gateway's roles. */
  password(of: 'superuser' | 'gateway'): string {
    return readFileSync(join(this.folder, `${of}.password`), 'utf8').trim();
  }

  private postmaster(): number {
    return Number(readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  async stopPostgres(): Promise<void> {
    const pid = this.postmaster();
    process.kill(pid, 'SIGQUIT');
    while (isRunning(pid)) {
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  /** As it was started; Postgres refuses to run as root, so root gives it a user namespace, as the demo does. */
  async startPostgres(): Promise<void> {
    const command = `exec ${readFileSync(join(this.data, 'postmaster.opts'), 'utf8').trim()}`;
    const [program, args] = process.getuid?.() === 0 ? ['unshare', ['-U', 'sh', '-c', command]] : ['sh', ['-c', command]];
    spawn(program as string, args as string[], { stdio: 'ignore', detached: true }).unref();
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.running.end('SIGINT');
  }
}

/** A process that has ended and that nobody has asked about yet is still listed on Linux, as a zombie. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && existsSync('/proc/self') === false;
  }
}

/** A gateway of its own beside the demo's, so that it can be killed by itself. */
export class Gateway {
  private running: Running | null = null;

  private constructor(
    private readonly demo: Addresses,
    readonly port: number,
    private readonly origins: readonly string[],
  ) {}

  readonly secret = randomBytes(24).toString('hex');
  readonly key = 'sb_publishable_of_the_tests';

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  static async start(demo: Addresses, origins: readonly string[]): Promise<Gateway> {
    const gateway = new Gateway(demo, await freePort(), origins);
    await gateway.start();
    return gateway;
  }

  async start(): Promise<void> {
    const keys = join(LOGS, 'keys');
    writeFileSync(keys, `anon=${this.key}\n`);
    const args = [
      'gateway', '--database-url', this.demo.databaseUrl, '--port', String(this.port), '--page', join(ROOT, 'dashboard/dist'),
      '--keys-file', keys, '--anon-key', this.key, '--source-username', 'agentpulse_capture', ...this.origins.flatMap((origin) => ['--origin', origin]),
    ];
    this.running = await Running.start('gateway', args, /answers at/, {
      AGENTPULSE_GATEWAY_JWT_SECRET: this.secret,
      AGENTPULSE_GATEWAY_PASSWORD: this.demo.password('gateway'),
      AGENTPULSE_GATEWAY_SOURCE_PASSWORD: this.demo.password('gateway'),
    });
  }

  async kill(): Promise<void> {
    await this.running?.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.running?.end('SIGTERM');
  }
}
