// Many users at once: node bench/server-stress.mjs URL [--clients 64] [--seconds 600] [--cut 0.33]
//
// Each client asks again and again, greedily, prompts and answers of mixed lengths, streamed or whole, and leaves a share of its answers
// before they end. Every answer that it waits for must equal the one computed before, alone. At the end all slots must be free, nothing
// may have failed but with 429, and the memory of the server after the first minute must be that of the end.
const url = new URL(process.argv[2] ?? 'http://127.0.0.1:8080/');
const option = (name, otherwise) => {
  const at = process.argv.indexOf('--' + name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const clients = option('clients', 64);
const seconds = option('seconds', 600);
const cut = option('cut', 1 / 3);
const end = Date.now() + seconds * 1000;

const topics = ['the sea', 'a bicycle', 'prime numbers', 'bread', 'the moon', 'rivers', 'a violin', 'snow'];
const prompts = topics.flatMap((topic, i) => [
  { text: `Tell me about ${topic}.`, tokens: 8 + 5 * i },
  { text: `${'Consider this carefully. '.repeat(4 + 12 * i)}What do you know about ${topic}?`, tokens: 40 - 4 * i },
]);

const counts = { whole: 0, left: 0, busy: 0, wrong: 0, failed: 0, tokens: 0 };
const latencies = [];
const memory = [];

const body = (prompt, stream) => JSON.stringify({
  messages: [{ role: 'user', content: prompt.text }], max_tokens: prompt.tokens, temperature: 0, stream,
});

const post = (prompt, stream, signal) => fetch(new URL('v1/chat/completions', url), {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: body(prompt, stream), signal,
});

async function metric(name) {
  const text = await (await fetch(new URL('metrics', url))).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? NaN);
}

async function readStream(response) {
  let text = '';
  let rest = '';
  for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + bytes).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith('data: ') || line === 'data: [DONE]') continue;
      const part = JSON.parse(line.slice(6));
      if (part.error) throw new Error(part.error.message);
      text += part.choices[0]?.delta.content ?? '';
    }
  }
  return text;
}

async function ask(prompt, stream, signal) {
  const response = await post(prompt, stream, signal);
  if (response.status === 429) {
    await response.arrayBuffer();
    return null;
  }
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return stream ? await readStream(response) : (await response.json()).choices[0].message.content;
}

async function client() {
  while (Date.now() < end) {
    const prompt = prompts[Math.floor(Math.random() * prompts.length)];
    const leaves = Math.random() < cut;
    const leaving = new AbortController();
    const timer = leaves ? setTimeout(() => leaving.abort(), Math.random() * 4000) : undefined;
    const start = Date.now();
    try {
      const text = await ask(prompt, Math.random() < 0.5, leaving.signal);
      if (text === null) {
        counts.busy++;
        await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 1000));
      } else if (text !== prompt.expected) {
        counts.wrong++;
        console.log(`WRONG: ${JSON.stringify(prompt.text.slice(-40))}: ${JSON.stringify(text)} is not ${JSON.stringify(prompt.expected)}`);
      } else {
        counts.whole++;
        counts.tokens += prompt.tokens;
        latencies.push(Date.now() - start);
      }
    } catch (error) {
      if (leaving.signal.aborted) counts.left++;
      else {
        counts.failed++;
        console.log(`FAILED: ${error.message} ${error.cause ?? ''}`);
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

for (const prompt of prompts) prompt.expected = await ask(prompt, false);
console.log(`${prompts.length} answers computed alone; ${clients} clients for ${seconds} s`);
const watch = setInterval(async () => {
  memory.push([Math.round((seconds * 1000 - (end - Date.now())) / 1000), Math.round((await metric('process_resident_memory_bytes')) / 1048576)]);
}, 10_000);
await Promise.all(Array.from({ length: clients }, client));
clearInterval(watch);
await new Promise((resolve) => setTimeout(resolve, 3000));
const busy = await metric('quipu_slots_busy');
const waiting = await metric('quipu_queue_waiting');
latencies.sort((a, b) => a - b);
console.log(JSON.stringify(counts));
console.log(`answers waited for: median ${latencies[latencies.length >> 1]} ms, 95 % ${latencies[Math.floor(latencies.length * 0.95)]} ms`);
console.log(`memory in MiB by second: ${memory.map((each) => each.join(':')).join(' ')}`);
console.log(`slots busy at the end: ${busy}, waiting: ${waiting}`);
process.exit(counts.wrong + counts.failed + busy + waiting === 0 ? 0 : 1);
