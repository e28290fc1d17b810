import { ApiError } from '../api/errors';
import type { SpeechVoices } from '../api/types';
import { client } from './client';
import { useRequest } from './use_request';

/** The voices of the speaking program; none where the service knows nothing of speech. */
export async function speechVoices(): Promise<SpeechVoices> {
  try {
    return await client.voices();
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return { available: false, voices: [] };
    throw error;
  }
}

/** Whether this service makes presentations; true until it is known, so that nothing flickers. */
export function useCanPresent(): boolean {
  return !useRequest(() => client.voices()).missing;
}
