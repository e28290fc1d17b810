export interface ServerEvent {
  id: string;
  event: string;
  data: string;
}

/**
 * Takes the text of a text/event-stream in pieces of any length and gives its events. EventSource
 * would do the same, but sends neither the chosen language nor a key.
 */
export class EventParser {
  private rest = '';
  private current: ServerEvent = { id: '', event: 'message', data: '' };

  push(text: string): ServerEvent[] {
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    const events: ServerEvent[] = [];
    for (const line of lines) {
      if (line !== '') {
        this.field(line);
      } else {
        if (this.current.data) events.push({ ...this.current, data: this.current.data.slice(0, -1) });
        this.current = { id: this.current.id, event: 'message', data: '' };
      }
    }
    return events;
  }

  private field(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return; // a comment, which keeps the connection open
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.current.data += `${value}\n`;
    if (name === 'event') this.current.event = value;
    if (name === 'id') this.current.id = value;
  }
}

/** The events of a response, until it ends. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  if (!response.body) return;
  const parser = new EventParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.push(value);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
