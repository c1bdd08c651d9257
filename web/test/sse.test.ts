import { describe, expect, it } from 'vitest';
import { EventParser, events } from '../src/api/sse';

const stream = ': a comment\r\ndata: {"a":1}\r\n\r\nevent: x\ndata: one\ndata:two\n\ndata\n\nid: 3\n\ndata:  spaced\n\n';
const expected = ['{"a":1}', 'one\ntwo', '', ' spaced'];

describe('EventParser', () => {
  it('reads events, comments and fields as the specification says', () => {
    expect(new EventParser().push(stream)).toEqual(expected);
  });

  it('does not mind where the pieces are cut', () => {
    for (let at = 0; at <= stream.length; at++) {
      const parser = new EventParser();
      expect([...parser.push(stream.slice(0, at)), ...parser.push(stream.slice(at))]).toEqual(expected);
    }
    const parser = new EventParser();
    expect(Array.from(stream).flatMap((character) => parser.push(character))).toEqual(expected);
  });

  it('holds an event back until its empty line', () => {
    const parser = new EventParser();
    expect(parser.push('data: x\n')).toEqual([]);
    expect(parser.push('\n')).toEqual(['x']);
  });
});

describe('events', () => {
  const bytes = new TextEncoder().encode('data: Grüße 🦙\n\n');

  it('puts characters together that are cut', async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const read: string[] = [];
    for await (const event of events(body)) read.push(event);
    expect(read).toEqual(['Grüße 🦙']);
  });

  it('tells the server when nobody reads on', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(bytes);
      },
      cancel() {
        cancelled = true;
      },
    });
    const reading = events(body);
    await reading.next();
    await reading.return(undefined);
    expect(cancelled).toBe(true);
  });
});
