import { existsSync, readFileSync } from 'node:fs';

/** Waits for the end of a process that need not be a child of ours. */
export async function ended(pid: number): Promise<void> {
  while (isRunning(pid)) {
    await new Promise((done) => setTimeout(done, 20));
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
