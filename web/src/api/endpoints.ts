/** Every endpoint that the page uses: the one table, which a test compares with /openapi.json. */
export const endpoints = {
  systemInfo: 'GET /api/avatar/system-info',
  uploadPhoto: 'POST /api/avatar/upload-photo',
  photos: 'GET /api/avatar/photos',
  deletePhoto: 'DELETE /api/avatar/photo/{id}',
  uploadAudio: 'POST /api/avatar/upload-audio',
  options: 'GET /api/avatar/options',
  validate: 'POST /api/avatar/validate',
  generate: 'POST /api/avatar/generate',
  generateBatch: 'POST /api/avatar/generate-batch',
  jobs: 'GET /api/avatar/jobs',
  job: 'GET /api/avatar/job/{id}',
  jobStatus: 'GET /api/avatar/job/{id}/status',
  jobEvents: 'GET /api/avatar/job/{id}/events',
  deleteJob: 'DELETE /api/avatar/job/{id}',
  voices: 'GET /api/speech/voices',
  speak: 'POST /api/speech',
  uploadDeck: 'POST /api/presentation/deck',
  present: 'POST /api/presentation',
  retrySlide: 'POST /api/presentation/{id}/slides/{number}/retry',
  diagnosis: 'GET /api/setup/diagnosis',
  models: 'GET /api/setup/models',
  download: 'POST /api/setup/download',
  cancelDownload: 'DELETE /api/setup/download',
  downloadEvents: 'GET /api/setup/download/events',
  disk: 'GET /api/setup/disk',
  session: 'POST /api/session',
} as const;

export type Endpoint = keyof typeof endpoints;
type Values = Record<string, string | number | undefined>;

/** The method and the address of an endpoint, its {names} filled in and the rest as a query. */
export function address(endpoint: Endpoint, values: Values = {}): { method: string; url: string } {
  const [method = 'GET', template = ''] = endpoints[endpoint].split(' ');
  const rest = { ...values };
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name];
    delete rest[name];
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return { method, url: text ? `${path}?${text}` : path };
}
