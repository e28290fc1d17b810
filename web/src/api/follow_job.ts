import type { Client } from './client';
import { ApiError } from './errors';
import { eventsOf } from './event_stream';
import type { Job } from './types';

export const isFinal = (job: Pick<Job, 'status'>) =>
  job.status === 'completed' || job.status === 'failed';

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** What following a job needs from a client. */
export type JobSource = Pick<Client, 'open' | 'job'>;

/**
 * Reports a job's state until it is final or `signal` aborts: from Server-Sent Events, and by
 * asking every `pollMs` where these do not work, such as behind a proxy that holds them back or
 * while the server starts again. Throws ApiError 404 when the job is gone.
 */
export async function followJob(
  client: JobSource,
  id: string,
  report: (job: Partial<Job>) => void,
  signal: AbortSignal,
  pollMs = 2000,
): Promise<void> {
  let lastEvent = '';
  while (!signal.aborted) {
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (lastEvent) headers['Last-Event-ID'] = lastEvent;
      const response = await client.open('jobEvents', { values: { id }, signal }, headers);
      for await (const event of eventsOf(response)) {
        lastEvent = event.id || lastEvent;
        if (event.event !== 'status') continue;
        const job = JSON.parse(event.data) as Job;
        report(job);
        if (isFinal(job)) return;
      }
    } catch {
      // The events ended early: asking tells how things are.
    }
    if (signal.aborted) return;
    try {
      const job = await client.job(id);
      if (signal.aborted) return;
      report(job);
      if (isFinal(job)) return;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) throw error;
    }
    await pause(pollMs, signal);
  }
}
