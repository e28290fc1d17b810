import { ApiError } from '../api/errors';
import type { SpeechVoices } from '../api/types';
import { client } from './client';

/** The voices of the speaking program; none where the service knows nothing of speech. */
export async function speechVoices(): Promise<SpeechVoices> {
  try {
    return await client.voices();
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return { available: false, voices: [] };
    throw error;
  }
}
