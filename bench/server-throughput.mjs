// What sharing brings: node bench/server-throughput.mjs URL [--clients 8] [--tokens 128] [--rounds 3] [--turn 2000]
//
// Tokens a second of one chat and of several at once, in turns; and how soon the first token comes in the first and in the second turn of
// a long conversation. The server must run with as many slots as clients, and a context of 4096 for the long turn.
const url = new URL(process.argv[2] ?? 'http://127.0.0.1:8080/');
const option = (name, otherwise) => {
  const at = process.argv.indexOf('--' + name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const clients = option('clients', 8);
const tokens = option('tokens', 128);
const rounds = option('rounds', 3);
const turn = option('turn', 2000);

const topics = ['the sea', 'a bicycle', 'prime numbers', 'bread', 'the moon', 'rivers', 'a violin', 'snow'];
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
let serial = 0;

/** Asks, streamed; returns what reads the answer. */
async function ask(messages, maxTokens) {
  const start = performance.now();
  const response = await fetch(new URL('v1/chat/completions', url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ messages, max_tokens: maxTokens, temperature: 0, ignore_eos: true, stream: true, stream_options: { include_usage: true } }),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  // Read when all are done: the clients run on the server's own cores.
  const arrived = [];
  for await (const bytes of response.body) arrived.push([performance.now(), bytes]);
  return () => read(arrived, start);
}

/** What a stream said: milliseconds to the first token, the text, the figures. */
function read(arrived, start) {
  const decoder = new TextDecoder();
  let first, usage, text = '', rest = '';
  for (const [time, bytes] of arrived) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith('data: ') || line === 'data: [DONE]') continue;
      const part = JSON.parse(line.slice(6));
      const delta = part.choices[0]?.delta.content;
      if (delta) first ??= time - start;
      text += delta ?? '';
      usage = part.usage ?? usage;
    }
  }
  return { first, text, usage };
}

/** Tokens a second of some chats at once; each prompt is new, so that nothing of it is in the cache. */
async function rate(count) {
  const start = performance.now();
  const answers = await Promise.all(Array.from({ length: count }, (_, i) => ask([{ role: 'user', content: `${++serial}: tell me about ${topics[i % 8]}.` }], tokens)));
  const seconds = (performance.now() - start) / 1000;
  const said = answers.reduce((sum, answer) => sum + answer().usage.completion_tokens, 0);
  if (said !== count * tokens) throw new Error(`${said} tokens came, not ${count * tokens}.`);
  return said / seconds;
}

await rate(1);
const alone = [];
const together = [];
for (let round = 0; round < rounds; round++) {
  alone.push(await rate(1));
  together.push(await rate(clients));
}
const one = median(alone);
const all = median(together);
console.log(`one chat: ${one.toFixed(1)} tokens/s; ${clients} at once: ${all.toFixed(1)} tokens/s together, ${(all / one).toFixed(2)} times`);

const firsts = [];
const seconds = [];
for (let round = 0; round < rounds; round++) {
  const long = `${++serial}. ` + 'Consider this carefully. '.repeat(turn / 4.05);
  const messages = [{ role: 'user', content: long }];
  const one = (await ask(messages, 16))();
  const two = (await ask([...messages, { role: 'assistant', content: one.text }, { role: 'user', content: 'And then?' }], 16))();
  firsts.push(one.first);
  seconds.push(two.first);
  console.log(`  turn of ${one.usage.prompt_tokens} tokens: ${one.first.toFixed(0)} ms to the first token; the next, ${two.usage.prompt_tokens} tokens of which ` +
    `${two.usage.prompt_tokens_details.cached_tokens} are known: ${two.first.toFixed(0)} ms`);
}
console.log(`second turn: ${(median(firsts) / median(seconds)).toFixed(1)} times sooner`);
