/** Small values that outlive the page. A browser that keeps nothing is no reason to stop. */
export function recall<Value>(name: string, check: (value: unknown) => Value | null): Value | null {
  try {
    const text = localStorage.getItem(`ditto.${name}`);
    return text === null ? null : check(JSON.parse(text));
  } catch {
    return null;
  }
}

export function remember(name: string, value: unknown): void {
  try {
    localStorage.setItem(`ditto.${name}`, JSON.stringify(value));
  } catch {
    // Private windows and full storage: the choice holds until the page closes.
  }
}

export const oneOf =
  <Value extends string>(...values: Value[]) =>
  (value: unknown): Value | null =>
    values.find((known) => known === value) ?? null;
