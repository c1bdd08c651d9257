// The official npm client, unmodified, against a running server. Prints a line for each check; exits with 1 where one fails.
import assert from 'node:assert/strict';
import OpenAI, { APIError } from 'openai';

const baseURL = process.argv[2];
const client = new OpenAI({ baseURL, apiKey: process.argv[3] ?? 'none', maxRetries: 0 });
const model = 'any';
const messages = [{ role: 'user', content: 'Say hello.' }];
let failed = 0;

async function check(name, run) {
  try {
    await run();
    console.log(`ok: ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED: ${name}: ${error.stack}`);
  }
}

await check('models', async () => {
  const list = await client.models.list();
  assert.equal(list.data.length, 1);
  assert.equal((await client.models.retrieve(list.data[0].id)).id, list.data[0].id);
});

await check('chat', async () => {
  const answer = await client.chat.completions.create({ model, messages, max_completion_tokens: 6, temperature: 0 });
  assert.equal(answer.choices[0].message.role, 'assistant');
  assert.equal(answer.usage.completion_tokens, 6);
});

await check('chat, streamed', async () => {
  const whole = await client.chat.completions.create({ model, messages, max_completion_tokens: 6, temperature: 0 });
  const stream = await client.chat.completions.create({
    model, messages, max_completion_tokens: 6, temperature: 0, stream: true, stream_options: { include_usage: true },
  });
  let text = '';
  let usage;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, whole.choices[0].message.content);
  assert.equal(usage.completion_tokens, 6);
});

await check('completions', async () => {
  const answer = await client.completions.create({ model, prompt: 'Once upon a time', max_tokens: 5, temperature: 0 });
  assert.ok(answer.choices[0].text.length > 0);
});

await check('responses', async () => {
  const answer = await client.responses.create({ model, input: 'Say hello.', max_output_tokens: 6, temperature: 0 });
  assert.ok(answer.output_text.length > 0);
});

await check('responses, streamed', async () => {
  const stream = client.responses.stream({ model, input: 'Say hello.', max_output_tokens: 6, temperature: 0 });
  let text = '';
  for await (const event of stream)
    if (event.type === 'response.output_text.delta') text += event.delta;
  assert.ok(text.length > 0);
});

await check('embeddings', async () => {
  // The client asks for base64 of itself and decodes it.
  const answer = await client.embeddings.create({ model, input: ['one', 'two'] });
  const length = Math.hypot(...answer.data[0].embedding);
  assert.ok(Math.abs(length - 1) < 1e-3, `length ${length}`);
});

await check('errors', async () => {
  await assert.rejects(
    client.chat.completions.create({ model, messages, temperature: 9 }),
    (error) => error instanceof APIError && error.status === 400 && error.param === 'temperature' && error.type === 'invalid_request_error');
  await assert.rejects(client.models.retrieve('other'), (error) => error.status === 404 && error.code === 'model_not_found');
});

process.exit(failed === 0 ? 0 : 1);
