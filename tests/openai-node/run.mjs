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

const tools = [{
  type: 'function',
  function: {
    name: 'forecast',
    description: 'The weather.',
    parameters: { type: 'object', properties: { city: { type: 'string', maxLength: 12 } }, required: ['city'], additionalProperties: false },
  },
}];
const question = { role: 'user', content: 'What is the weather in Oslo?' };
const forced = { model, max_completion_tokens: 60, temperature: 0, tools, tool_choice: 'required', parallel_tool_calls: false };

await check('tools, there and back', async () => {
  const answer = await client.chat.completions.create({ ...forced, messages: [question] });
  assert.equal(answer.choices[0].finish_reason, 'tool_calls');
  const [call] = answer.choices[0].message.tool_calls;
  assert.equal(call.function.name, 'forecast');
  assert.equal(typeof JSON.parse(call.function.arguments).city, 'string');
  const last = await client.chat.completions.create({
    ...forced, tool_choice: 'none', max_completion_tokens: 8,
    messages: [question, answer.choices[0].message, { role: 'tool', tool_call_id: call.id, content: 'snow' }],
  });
  assert.ok(last.choices[0].message.content.length > 0);
});

await check('tools, streamed', async () => {
  const runner = client.chat.completions.stream({ ...forced, messages: [question] });
  let parts = 0;
  runner.on('tool_calls.function.arguments.delta', () => parts++);
  const { tool_calls: calls } = (await runner.finalChatCompletion()).choices[0].message;
  assert.equal(calls.length, 1);
  assert.equal(typeof JSON.parse(calls[0].function.arguments).city, 'string');
  assert.ok(parts > 1, `${parts} parts`);
});

await check('structured output', async () => {
  const schema = { type: 'object', properties: { name: { type: 'string', maxLength: 20 }, north: { type: 'boolean' } }, required: ['name', 'north'], additionalProperties: false };
  const answer = await client.chat.completions.parse({
    model, messages: [{ role: 'user', content: 'Name a city.' }], max_completion_tokens: 60, temperature: 0,
    response_format: { type: 'json_schema', json_schema: { name: 'city', strict: true, schema } },
  });
  assert.deepEqual(Object.keys(JSON.parse(answer.choices[0].message.content)), ['name', 'north']);
});

await check('responses, tools', async () => {
  const answer = await client.responses.create({
    model, input: 'What is the weather in Oslo?', max_output_tokens: 60, temperature: 0,
    tools: [{ type: 'function', strict: true, ...tools[0].function }], tool_choice: 'required', parallel_tool_calls: false,
  });
  assert.equal(answer.output[0].type, 'function_call');
  assert.equal(typeof JSON.parse(answer.output[0].arguments).city, 'string');
});

await check('completions', async () => {
  const answer = await client.completions.create({ model, prompt: 'Once upon a time', max_tokens: 5, temperature: 0 });
  assert.ok(answer.choices[0].text.length > 0);
  const stream = await client.completions.create({ model, prompt: 'Once upon a time', max_tokens: 5, temperature: 0, stream: true });
  let text = '';
  for await (const part of stream) text += part.choices[0]?.text ?? '';
  assert.equal(text, answer.choices[0].text);
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
