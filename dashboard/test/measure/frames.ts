/** What Chromium's trace says of one piece of work; times in microseconds. */
interface TraceEvent {
  pid: number;
  tid: number;
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  /** Its thread's own time: other work on the machine does not count. */
  tdur?: number;
  args?: { name?: string };
}

/** The least that shows tasks and frames: each event more is a cost of looking. */
export const CATEGORIES = ['toplevel', 'cc'];
const TASK = 'ThreadControllerImpl::RunTask';
const FRAME = 'ProxyMain::BeginMainFrame';

export interface Frames {
  /** Milliseconds of the page's main thread for each painted frame: everything since the one before, however spread. */
  perFrame: number[];
  /** Milliseconds of the frame's own task: style, layout, paint and what is handed to the compositor. */
  ownTask: number[];
  /** Milliseconds of all other threads of all processes, by the thread's name: where there is no GPU, mostly drawing. */
  elsewhere: Record<string, number>;
}

export function framesOf(events: readonly object[]): Frames {
  const all = events as TraceEvent[];
  const thread = ({ pid, tid }: TraceEvent) => `${pid}:${tid}`;
  const names = new Map(all.filter(({ ph, name }) => ph === 'M' && name === 'thread_name').map((each) => [thread(each), each.args?.name ?? '?']));
  const frames = all.filter(({ name, ph }) => name === FRAME && ph === 'X');
  const main = frames[0] && thread(frames[0]);
  const tasks = all.filter(({ name, ph }) => name === TASK && ph === 'X').toSorted((a, b) => a.ts - b.ts);
  const starts = frames.map(({ ts }) => ts).toSorted((a, b) => a - b);
  const result: Frames = { perFrame: [], ownTask: [], elsewhere: {} };
  let since = 0;
  let next = 0;
  for (const task of tasks) {
    const millis = (task.tdur ?? 0) / 1_000;
    if (thread(task) !== main) {
      const name = names.get(thread(task)) ?? '?';
      result.elsewhere[name] = (result.elsewhere[name] ?? 0) + millis;
      continue;
    }
    since += millis;
    if ((starts[next] ?? Infinity) < task.ts + (task.dur ?? 0)) {
      next += 1;
      result.perFrame.push(since);
      result.ownTask.push(millis);
      since = 0;
    }
  }
  return result;
}
