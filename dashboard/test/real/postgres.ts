import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { ended } from './ended';

const ANSWERS_MS = 60_000;

/** The Postgres of a demo, which can be stopped and started by itself, also when its demo has ended and left the folder. */
export class Postgres {
  constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  get url(): string {
    return this.urlOf('127.0.0.1');
  }

  get urlOfSuperuser(): string {
    return this.urlOf('postgres@127.0.0.1');
  }

  private urlOf(host: string): string {
    return `postgresql://${host}:${this.port}/agentpulse`;
  }

  /** Where that of the superuser lies, or that of a gateway's roles. */
  passwordFile(of: 'superuser' | 'gateway'): string {
    return join(this.folder, `${of}.password`);
  }

  password(of: 'superuser' | 'gateway'): string {
    return readFileSync(this.passwordFile(of), 'utf8').trim();
  }

  /** Waits for a server that is about to start; whoever asks for the connection ends it. */
  async connect(): Promise<Client> {
    const until = Date.now() + ANSWERS_MS;
    for (;;) {
      const client = new Client({ host: '127.0.0.1', port: this.port, user: 'postgres', password: this.password('superuser'), database: 'agentpulse' });
      // It goes when the server is stopped; whoever asks next opens another.
      client.on('error', () => undefined);
      try {
        await client.connect();
        return client;
      } catch (error) {
        if (Date.now() > until) {
          throw error;
        }
        await new Promise((done) => setTimeout(done, 50));
      }
    }
  }

  private get data(): string {
    return join(this.folder, 'postgres');
  }

  async stop(): Promise<void> {
    const pid = Number(readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGQUIT');
    await ended(pid);
  }

  /** As it was started; Postgres refuses to run as root, so root gives it a user namespace, as the demo does. */
  start(): void {
    const command = `exec ${readFileSync(join(this.data, 'postmaster.opts'), 'utf8').trim()}`;
    const [program, args] = process.getuid?.() === 0 ? ['unshare', ['-U', 'sh', '-c', command]] : ['sh', ['-c', command]];
    spawn(program as string, args as string[], { stdio: 'ignore', detached: true }).unref();
  }
}
