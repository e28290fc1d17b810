import { expect, test, vi } from 'vitest';
import { ApiError } from '../src/api/errors';
import { EventParser } from '../src/api/event_stream';
import { followJob, type JobSource } from '../src/api/follow_job';
import type { Job } from '../src/api/types';

test('events come out of text cut anywhere', () => {
  const text =
    ': hello\n\nid: 1\nevent: status\ndata: {"a":\ndata: 1}\n\nid: 2\r\nevent: status\r\ndata: x\r\n\r\n';
  for (let size = 1; size <= text.length; size += 1) {
    const parser = new EventParser();
    const events = [];
    for (let at = 0; at < text.length; at += size) events.push(...parser.push(text.slice(at, at + size)));
    expect(events).toEqual([
      { id: '1', event: 'status', data: '{"a":\n1}' },
      { id: '2', event: 'status', data: 'x' },
    ]);
  }
});

const job = (progress: number, status: Job['status'] = 'processing') =>
  ({ job_id: 'j', progress, status }) as Job;
const stream = (jobs: Job[]) =>
  new Response(
    jobs.map((state, i) => `id: ${i + 1}\nevent: status\ndata: ${JSON.stringify(state)}\n\n`).join(''),
  );

/** Follows a job through what a server answers; gives what was reported. */
async function follow(open: JobSource['open'], ask: JobSource['job']): Promise<number[]> {
  const seen: number[] = [];
  const source = { open, job: ask } as JobSource;
  const { signal } = new AbortController();
  await followJob(source, 'j', (state) => seen.push(state.progress ?? -1), signal, 1);
  return seen;
}

test('follows the events to the end and asks for nothing else', async () => {
  const ask = vi.fn();
  const seen = await follow(async () => stream([job(10), job(100, 'completed')]), ask);
  expect(seen).toEqual([10, 100]);
  expect(ask).not.toHaveBeenCalled();
});

test('goes on after the last event when the connection breaks', async () => {
  const headers: (string | null)[] = [];
  const answers = [stream([job(10), job(20)]), stream([job(100, 'completed')])];
  const open: JobSource['open'] = async (_endpoint, _request, extra) => {
    headers.push(new Headers(extra).get('Last-Event-ID'));
    return answers.shift() ?? Promise.reject(new Error('too many'));
  };
  expect(await follow(open, async () => job(25))).toEqual([10, 20, 25, 100]);
  expect(headers).toEqual([null, '2']);
});

test('asks where there are no events, through a restart of the server', async () => {
  const answers = [job(5), new ApiError(0, 'gone'), job(60), job(100, 'failed')];
  const ask = async () => {
    const answer = answers.shift();
    if (!answer || answer instanceof ApiError) throw answer ?? new Error('too many');
    return answer;
  };
  const open = async () => Promise.reject(new ApiError(404, 'no events'));
  expect(await follow(open, ask)).toEqual([5, 60, 100]);
});

test('a job that is gone ends it', async () => {
  const gone = async () => Promise.reject(new ApiError(404, 'no such job'));
  await expect(follow(gone, gone)).rejects.toThrow('no such job');
});
