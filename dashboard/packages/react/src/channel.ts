import type { RealtimeChannel, SupabaseClient } from '@supabase/supabase-js';
import type { ResultTable } from './tables';

/** The tables behind the view alert. */
const BEHIND_ALERT = ['alert_record', 'acknowledgement'];
/** How long to wait for the message that changes flow, before it is taken for granted. */
const SYSTEM_MS = 2_000;

export interface ChangeMessage {
  eventType: 'INSERT' | 'UPDATE' | 'DELETE';
  commit_timestamp: string;
  new: Record<string, unknown>;
  old: Record<string, unknown>;
}

/** What a channel hears. Of a channel that was left nothing is heard any more. */
export interface ChannelListener {
  change(table: ResultTable, message: ChangeMessage): void;
  /** A table changed that the view alert shows; which of its rows is not said. */
  behindAlert(): void;
  /** From now on every change comes; those before may have been missed. */
  flows(): void;
  lost(): void;
}

/** The socket's side of a live source: one channel for all tables. */
export class ChangesChannel {
  private channel: RealtimeChannel | null = null;
  private systemTimer: ReturnType<typeof setTimeout> | undefined;
  private joined = 0;

  /** @param followsViews the gateway sends changes of the view alert, Supabase only those of the tables behind it */
  constructor(
    private readonly client: SupabaseClient,
    private readonly schema: string,
    private readonly followsViews: boolean,
    private readonly listener: ChannelListener,
  ) {}

  /** Joins anew, with these tables. */
  join(tables: readonly ResultTable[]): void {
    this.leave();
    this.joined += 1;
    const channel = this.client.channel(`agentpulse-page-${this.joined}`);
    const follow = (table: string, take: (message: ChangeMessage) => void) =>
      channel.on('postgres_changes', { event: '*', schema: this.schema, table }, (message) => {
        if (this.channel === channel) {
          take(message as unknown as ChangeMessage);
        }
      });
    for (const table of tables) {
      if (table === 'alert' && !this.followsViews) {
        BEHIND_ALERT.forEach((behind) => follow(behind, () => this.listener.behindAlert()));
      } else {
        follow(table, (message) => this.listener.change(table, message));
      }
    }
    channel.on('system', {}, (message: { status?: string; extension?: string }) => {
      if (this.channel === channel && message.extension === 'postgres_changes' && message.status === 'ok') {
        clearTimeout(this.systemTimer);
        this.listener.flows();
      }
    });
    this.channel = channel;
    channel.subscribe((status) => {
      if (this.channel !== channel) {
        return;
      }
      clearTimeout(this.systemTimer);
      if (status === 'SUBSCRIBED') {
        this.systemTimer = setTimeout(() => this.listener.flows(), SYSTEM_MS);
      } else {
        this.listener.lost();
      }
    });
  }

  leave(): void {
    clearTimeout(this.systemTimer);
    const channel = this.channel;
    this.channel = null;
    if (channel) {
      void this.client.removeChannel(channel);
    }
  }
}
