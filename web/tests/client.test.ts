import { expect, test, vi } from 'vitest';
import { Client } from '../src/api/client';
import { ApiError, detailText } from '../src/api/errors';

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });

/** A client whose server gives `answers`, one after the other. */
function clientOf(answers: (Response | Error)[], askForKey = async () => false) {
  const send = vi.fn(async (_url: RequestInfo | URL, _init?: RequestInit) => {
    const answer = answers.shift();
    if (!answer) throw new Error('one request too many');
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const context = {
    language: () => 'zh-TW',
    unreachable: () => 'nobody there',
    unexpected: (status: number) => `what is ${status}`,
    askForKey,
  };
  return { client: new Client(context, send), send };
}

test('asks in the chosen language', async () => {
  const { client, send } = clientOf([json({ queue_length: 0 })]);
  await client.systemInfo();
  const [url, init] = send.mock.calls[0] ?? [];
  expect(url).toBe('/api/avatar/system-info');
  expect(new Headers(init?.headers).get('Accept-Language')).toBe('zh-TW');
});

test('uploads a file as the field that the API knows', async () => {
  const { client, send } = clientOf([json({ photo_id: 'a' })]);
  await client.uploadPhoto(new Blob(['x']), 'me.jpg');
  const form = send.mock.calls[0]?.[1]?.body as FormData;
  expect((form.get('file') as File).name).toBe('me.jpg');
});

test('an error carries the sentence of the service and when to come back', async () => {
  const { client } = clientOf([json({ detail: 'full' }, 429, { 'Retry-After': '7' })]);
  const error = await client.jobs({}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 429, message: 'full', retryAfter: 7 });
});

test('an answer that is not JSON is told as such', async () => {
  const { client } = clientOf([new Response('<html>', { status: 502 }), new Response('<html>')]);
  await expect(client.options()).rejects.toThrow('what is 502');
  await expect(client.options()).rejects.toThrow('what is 200');
});

test('no answer at all is told as such', async () => {
  const { client } = clientOf([new TypeError('Failed to fetch')]);
  await expect(client.options()).rejects.toMatchObject({ status: 0, message: 'nobody there' });
});

test('asks once for the key, whoever needs it, and tries again', async () => {
  const ask = vi.fn(async () => true);
  const refused = () => json({ detail: 'key' }, 401);
  const { client, send } = clientOf(
    [refused(), refused(), json({ voices: [] }), json({ photos: [] })],
    ask,
  );
  await Promise.all([client.voices(), client.photos(1)]);
  expect(ask).toHaveBeenCalledTimes(1);
  expect(send).toHaveBeenCalledTimes(4);
});

test('without a key the refusal stays', async () => {
  const { client } = clientOf([json({ detail: 'key wanted' }, 401)]);
  await expect(client.voices()).rejects.toThrow('key wanted');
});

test('wrong fields are named', () => {
  const detail = [{ loc: ['body', 'emotion'], msg: '應介於 0 - 7', type: 'value' }];
  expect(detailText({ detail })).toBe('emotion: 應介於 0 - 7');
  expect(detailText({ detail: 'no face' })).toBe('no face');
  expect(detailText({ detail: [] })).toBeNull();
  expect(detailText('text')).toBeNull();
});
