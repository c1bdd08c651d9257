/**
 * Server-sent events from pieces of a body, cut anywhere: the data of each event. Comments and other fields are skipped, as the
 * specification says.
 */
export class EventParser {
  #rest = '';
  #data: string[] = [];

  /** Takes the next piece; returns the data of the events that it completes. */
  push(piece: string): string[] {
    const events: string[] = [];
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    // The last line may go on in the next piece; so may a carriage return at its end.
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '') this.#field(line);
      else if (this.#data.length > 0) {
        events.push(this.#data.join('\n'));
        this.#data = [];
      }
    }
    return events;
  }

  #field(line: string): void {
    if (line === 'data') this.#data.push('');
    else if (line.startsWith('data:')) this.#data.push(line.slice(line[5] === ' ' ? 6 : 5));
  }
}

/** The events of a body as they arrive. */
export async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const parser = new EventParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      yield* parser.push(decoder.decode(read.value, { stream: true }));
    }
  } finally {
    // Leaving early must tell the server: it computes for nobody else.
    await reader.cancel().catch(() => undefined);
  }
}
