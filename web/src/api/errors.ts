/** What a request ended with instead of an answer. `message` is a sentence for the user. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfter: number | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** Nothing listens at the address, or the connection broke. */
  get unreachable(): boolean {
    return this.status === 0;
  }
}

interface FieldError {
  loc?: unknown[];
  msg?: string;
}

/** The sentence in an error's body: `{"detail": "..."}`, or one sentence for each wrong field. */
export function detailText(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const { detail } = body as { detail?: unknown };
  if (typeof detail === 'string') return detail || null;
  if (!Array.isArray(detail)) return null;
  const sentences = (detail as FieldError[]).map(({ loc, msg }) => {
    const field = loc?.filter((part) => part !== 'body').join('.');
    return field ? `${field}: ${msg ?? ''}` : (msg ?? '');
  });
  return sentences.filter(Boolean).join('\n') || null;
}
