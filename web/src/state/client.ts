import { Client } from '../api/client';
import { currentLanguage, translate } from '../i18n';
import { askForKey } from './key_prompt';

export const client = new Client({
  language: currentLanguage,
  unreachable: () => translate('error.unreachable'),
  unexpected: (status) => translate('error.unexpected', { status }),
  askForKey,
});

/** A sentence for whatever was thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
