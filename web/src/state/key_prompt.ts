/** The open question for the API key, if there is one: the dialog answers it. */
type Answer = (opened: boolean) => void;

let pending: Answer | null = null;
const listeners = new Set<() => void>();

function set(answer: Answer | null): void {
  pending = answer;
  for (const listener of listeners) listener();
}

export const askForKey = () =>
  new Promise<boolean>((resolve) => {
    set((opened) => {
      set(null);
      resolve(opened);
    });
  });

export const pendingQuestion = () => pending;

export function onQuestion(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
