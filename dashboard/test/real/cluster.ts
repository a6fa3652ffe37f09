import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ended } from './ended';
import type { Postgres } from './postgres';
import { freePort, Running } from './stack';

const SUPERVISOR = 'supervisor.pid';
const CHECKPOINT_MS = 60_000;

/** The job as operators run it: on a Flink cluster of separate processes. */
export class Cluster {
  constructor(private readonly folder: string) {}

  async start(): Promise<void> {
    const ports = ['--rest-port', String(await freePort()), '--zookeeper-port', String(await freePort())];
    await this.command('start', '--task-managers', '1', ...ports);
  }

  /** Returns when the job has a checkpoint to go on from: killed before, it would begin anew. */
  async submit(postgres: Postgres): Promise<void> {
    await this.command('submit', '--database-url', postgres.urlOfSuperuser, '--password-file', postgres.passwordFile('superuser'));
    const until = Date.now() + CHECKPOINT_MS;
    while (!this.hasCheckpoint()) {
      if (Date.now() > until) {
        throw new Error(`The job has made no checkpoint; its logs are in ${this.folder}.`);
      }
      await new Promise((done) => setTimeout(done, 200));
    }
  }

  private hasCheckpoint(): boolean {
    return readdirSync(join(this.folder, 'state/checkpoints'), { recursive: true }).some((file) => String(file).endsWith('_metadata'));
  }

  /** kill -9 of every process, as when their machine goes; of the supervisor first, or it would start the others again. */
  async kill(): Promise<void> {
    const run = join(this.folder, 'run');
    const others = readdirSync(run).filter((file) => file.endsWith('.pid') && file !== SUPERVISOR);
    const pids = [SUPERVISOR, ...others].map((file) => Number(readFileSync(join(run, file), 'utf8').split('\n')[0]));
    pids.forEach(kill);
    await Promise.all(pids.map(ended));
  }

  /** The job that ran goes on from its newest checkpoint, without another word. Returns when it writes again. */
  async startAgain(postgres: Postgres): Promise<void> {
    await this.command('start');
    const database = await postgres.connect();
    const writes = async () => {
      const { rows } = await database.query<{ fresh: boolean }>(
        `SELECT written_at > clock_timestamp() - interval '1 s' AS fresh FROM agentpulse.pipeline_status WHERE component = 'tick-writer'`,
      );
      return rows[0]?.fresh === true;
    };
    while (!(await writes())) {
      await new Promise((done) => setTimeout(done, 50));
    }
    await database.end();
  }

  async stop(): Promise<void> {
    await this.command('stop');
  }

  private async command(name: 'start' | 'submit' | 'stop', ...options: string[]): Promise<void> {
    const done = { start: /^Ready after/m, submit: /^Submitted as/m, stop: /^Stopped\./m }[name];
    await Running.start(`cluster-${name}`, ['cluster', name, '--dir', this.folder, ...options], done);
  }
}

/** One that has ended by itself meanwhile is not there any more. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw problem;
    }
  }
}
