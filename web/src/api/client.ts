import { address, type Endpoint } from './endpoints';
import { ApiError, detailText } from './errors';
import type * as T from './types';

/** Texts and hooks that the client takes from the page around it. */
export interface ClientContext {
  language: () => string;
  unreachable: () => string;
  unexpected: (status: number) => string;
  /** Asks for the API key; true once a session is open, false when the user gave up. */
  askForKey: () => Promise<boolean>;
}

interface Request {
  values?: Record<string, string | number | undefined>;
  json?: unknown;
  file?: { blob: Blob; name: string };
  signal?: AbortSignal;
}

export class Client {
  private asking: Promise<boolean> | null = null;

  constructor(
    private readonly context: ClientContext,
    private readonly send: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  /** The answer of an endpoint whatever its body. Throws ApiError. */
  async open(endpoint: Endpoint, request: Request = {}, headers: HeadersInit = {}) {
    const response = await this.attempt(endpoint, request, headers);
    if (response.status === 401 && endpoint !== 'session' && (await this.key())) {
      return this.checked(await this.attempt(endpoint, request, headers));
    }
    return this.checked(response);
  }

  private async attempt(endpoint: Endpoint, request: Request, extra: HeadersInit) {
    const { method, url } = address(endpoint, request.values);
    const headers = new Headers(extra);
    headers.set('Accept-Language', this.context.language());
    const init: RequestInit = { method, headers, signal: request.signal ?? null };
    if (request.json !== undefined) {
      headers.set('Content-Type', 'application/json');
      init.body = JSON.stringify(request.json);
    } else if (request.file) {
      const form = new FormData();
      form.append('file', request.file.blob, request.file.name);
      init.body = form;
    }
    try {
      return await this.send(url, init);
    } catch (error) {
      if (request.signal?.aborted) throw error;
      throw new ApiError(0, this.context.unreachable());
    }
  }

  private async checked(response: Response): Promise<Response> {
    if (response.ok) return response;
    const body: unknown = await response.json().catch(() => null);
    const wait = Number(response.headers.get('Retry-After'));
    throw new ApiError(
      response.status,
      detailText(body) ?? this.context.unexpected(response.status),
      wait > 0 ? wait : null,
    );
  }

  /** One dialog, however many requests wait for it. */
  private key(): Promise<boolean> {
    this.asking ??= this.context.askForKey().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private async json<Body>(endpoint: Endpoint, request: Request = {}): Promise<Body> {
    const response = await this.open(endpoint, request);
    try {
      return (await response.json()) as Body;
    } catch {
      throw new ApiError(response.status, this.context.unexpected(response.status));
    }
  }

  systemInfo = () => this.json<T.SystemInfo>('systemInfo');
  uploadPhoto = (blob: Blob, name: string, signal?: AbortSignal) =>
    this.json<T.UploadedPhoto>('uploadPhoto', { file: { blob, name }, ...(signal && { signal }) });
  photos = (limit: number, offset = 0) =>
    this.json<{ photos: T.StoredPhoto[]; total: number }>('photos', { values: { limit, offset } });
  deletePhoto = (id: string) => this.json<unknown>('deletePhoto', { values: { id } });
  uploadAudio = (blob: Blob, name: string) =>
    this.json<T.Voice>('uploadAudio', { file: { blob, name } });
  options = () => this.json<T.Options>('options');
  validate = (json: T.GenerateRequest, signal?: AbortSignal) =>
    this.json<T.Estimate>('validate', { json, ...(signal && { signal }) });
  generate = (json: T.GenerateRequest) =>
    this.json<{ job_id: string; status: string }>('generate', { json });
  generateBatch = (json: Record<string, unknown>) =>
    this.json<{ batch_id: string; jobs: { job_id: string }[] }>('generateBatch', { json });
  jobs = (values: Record<string, string | number | undefined>, signal?: AbortSignal) =>
    this.json<T.JobList>('jobs', { values, ...(signal && { signal }) });
  job = (id: string) => this.json<T.Job>('job', { values: { id } });
  deleteJob = (id: string) => this.json<unknown>('deleteJob', { values: { id } });
  voices = () => this.json<T.SpeechVoices>('voices');
  speak = (json: { text: string; voice: string | null; speed: number }) =>
    this.json<T.Voice>('speak', { json });
  uploadDeck = (blob: Blob, name: string) =>
    this.json<T.Deck>('uploadDeck', { file: { blob, name } });
  present = (json: Record<string, unknown>) => this.json<{ job_id: string }>('present', { json });
  retrySlide = (id: string, number: number, json: Record<string, unknown>) =>
    this.json<unknown>('retrySlide', { values: { id, number }, json });
  diagnosis = () => this.json<Record<string, unknown>>('diagnosis');
  models = () => this.json<T.Models>('models');
  download = (set: string) => this.json<unknown>('download', { json: { set } });
  cancelDownload = () => this.json<unknown>('cancelDownload');
  disk = () => this.json<T.Disk>('disk');
  openSession = (key: string) => this.open('session', { json: { key } });
}
